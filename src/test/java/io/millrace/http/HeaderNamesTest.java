package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names that have a number. */
final class HeaderNamesTest {
    @Test
    void shouldRecogniseEveryNameInAnyCaseAndPlace() {
        for (int id = 1; id < HeaderId.COUNT; id++) {
            String name = HeaderNames.name(id);
            assertThat(idOf(name)).as(name).isEqualTo(id);
            assertThat(idOf(name.toUpperCase(Locale.ROOT))).as(name).isEqualTo(id);
            for (int before = 0; before < 10; before++) {
                assertThat(idOf("x".repeat(before), name)).as(name).isEqualTo(id);
            }
        }
    }

    @Test
    void shouldTellEveryNameFromItsNeighbours() {
        for (int id = 1; id < HeaderId.COUNT; id++) {
            String name = HeaderNames.name(id);
            assertThat(idOf(name + "s")).as(name).isEqualTo(HeaderId.OTHER);
            for (int i = 0; i < name.length(); i++) {
                String changed = name.substring(0, i) + '~' + name.substring(i + 1);
                assertThat(idOf(changed)).as(changed).isEqualTo(HeaderId.OTHER);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "accept-language",
                "content_length",
                "a-very-long-name-of-more-than-24-bytes"
            })
    void shouldNotKnowOtherNames(String name) {
        assertThat(idOf(name)).isEqualTo(HeaderId.OTHER);
    }

    private static int idOf(String name) {
        return idOf("", name);
    }

    /** The memory ends where the name does. */
    private static int idOf(String before, String name) {
        byte[] text = (before + name).getBytes(StandardCharsets.US_ASCII);
        UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(text.length));
        bytes.putBytes(0, text);
        return HeaderNames.idOf(bytes.addressOffset(), before.length(), name.length());
    }
}
