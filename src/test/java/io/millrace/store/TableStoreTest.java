package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TableStoreTest {
    private static final long MAX_BYTES = 64 << 20;

    @TempDir Path directory;

    @Test
    void shouldBeEmptyBeforeTheFirstPublication() {
        try (TableStore store = TableStore.open(directory.resolve("new/state"), MAX_BYTES)) {
            assertThat(store.read()).isNull();
        }
    }

    @Test
    void shouldReadWhatWasPublishedAfterReopening() {
        try (TableStore store = TableStore.open(directory, MAX_BYTES)) {
            assertThat(store.publish(text("a: 1"), image(100, 7))).isEqualTo(1);
            assertThat(store.publish(text("b: \u00e9"), image(200_000, 9))).isEqualTo(2);
        }
        try (TableStore store = TableStore.openReadOnly(directory);
                Generation generation = Objects.requireNonNull(store.read())) {
            assertThat(generation.number()).isEqualTo(2);
            assertThat(generation.configText()).isEqualTo("b: \u00e9");
            assertThat(generation.routeImage().capacity()).isEqualTo(200_000);
            assertThat(generation.routeImage().getByte(199_999)).isEqualTo((byte) 9);
        }
    }

    @Test
    void shouldKeepAGenerationUnchangedWhileItIsRead() {
        try (TableStore store = TableStore.open(directory, MAX_BYTES)) {
            store.publish(text("one"), image(10_000, 1));
            Generation first = Objects.requireNonNull(store.read());
            for (int i = 2; i < 20; i++) {
                store.publish(text("later"), image(10_000, i));
            }
            assertThat(first.routeImage().getByte(0)).isEqualTo((byte) 1);
            assertThat(first.routeImage().getByte(9_999)).isEqualTo((byte) 1);
            first.close();
        }
    }

    @Test
    void shouldLetAGenerationBeClosedOnAnotherThreadAndAfterTheStore() {
        TableStore store = TableStore.open(directory, MAX_BYTES);
        store.publish(text("one"), image(10_000, 1));
        Generation generation = Objects.requireNonNull(store.read());
        store.close();
        assertThat(generation.routeImage().getByte(9_999)).isEqualTo((byte) 1);
        CompletableFuture.runAsync(generation::close).join();
        TableStore.open(directory, MAX_BYTES).close();
    }

    @Test
    void shouldRefuseToOpenTheSameFileTwice() {
        try (TableStore store = TableStore.open(directory, MAX_BYTES)) {
            assertThat(store.read()).isNull();
            assertThatThrownBy(() -> TableStore.openReadOnly(directory))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("already open in this process");
        }
    }

    @Test
    void shouldSayWhenThereAreNoTables() {
        assertThatThrownBy(() -> TableStore.openReadOnly(directory))
                .isInstanceOf(StoreException.class)
                .hasMessage("there are no tables in " + directory);
    }

    @Test
    void shouldKeepTheOldGenerationWhenTheNewOneDoesNotFit() {
        try (TableStore store = TableStore.open(directory, 1 << 20)) {
            store.publish(text("fits"), image(1000, 1));
            assertThatThrownBy(() -> store.publish(text("too large"), image(2 << 20, 2)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("may not become larger than 1048576 bytes");
            try (Generation generation = Objects.requireNonNull(store.read())) {
                assertThat(generation.configText()).isEqualTo("fits");
            }
            assertThat(store.publish(text("fits again"), image(1000, 3))).isEqualTo(2);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static UnsafeBuffer image(int length, int fill) {
        UnsafeBuffer image = new UnsafeBuffer(new byte[length]);
        image.setMemory(0, length, (byte) fill);
        return image;
    }
}
