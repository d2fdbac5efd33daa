package io.millrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Reads give what is there, and nothing outside. */
final class OffHeapTest {
    private final UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(16));
    private final long memory = bytes.addressOffset();

    @Test
    void shouldReadTheFirstByteLowest() {
        bytes.putBytes(0, "abcdefghijklmnop".getBytes(StandardCharsets.US_ASCII));

        assertThat(OffHeap.byteAt(memory, 15, 16)).isEqualTo((byte) 'p');
        assertThat(OffHeap.shortAt(memory, 14, 16)).isEqualTo((short) 0x706f);
        assertThat(OffHeap.intAt(memory, 12, 16)).isEqualTo(0x706f6e6d);
        assertThat(OffHeap.longAt(memory, 8, 16)).isEqualTo(0x706f6e6d6c6b6a69L);
    }

    @Test
    void shouldReadTheSameNearTheEndAsElsewhere() {
        bytes.putBytes(0, "abcdefghijklmnop".getBytes(StandardCharsets.US_ASCII));
        for (int length = 1; length <= 8; length++) {
            assertThat(OffHeap.longAt(memory, 0, length, length))
                    .isEqualTo(OffHeap.longAt(memory, 0, length, 16));
        }
    }

    @Test
    void shouldRefuseToReadOutside() {
        for (int index : new int[] {Integer.MIN_VALUE, -1, 16, Integer.MAX_VALUE}) {
            refuses(() -> OffHeap.byteAt(memory, index, 16));
        }
        for (int index : new int[] {Integer.MIN_VALUE, -1, 15, Integer.MAX_VALUE}) {
            refuses(() -> OffHeap.shortAt(memory, index, 16));
        }
        for (int index : new int[] {Integer.MIN_VALUE, -1, 13, Integer.MAX_VALUE}) {
            refuses(() -> OffHeap.intAt(memory, index, 16));
        }
        for (int index : new int[] {Integer.MIN_VALUE, -1, 9, Integer.MAX_VALUE}) {
            refuses(() -> OffHeap.longAt(memory, index, 16));
        }
        refuses(() -> Scan.controlAt(memory, -1, 16));
    }

    private static void refuses(ThrowingCallable read) {
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(read);
    }
}
