package io.millrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** A scan stops where a look at one byte after the other would, and never at or after its end. */
final class ScanTest {
    private static final int MOST = 40;

    private final UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(MOST + 8));

    @Test
    void shouldStopAtAnyByteAtAnyPlaceOfAnyRun() {
        for (int length = 0; length <= MOST; length++) {
            for (int at = 0; at < length; at++) {
                for (int value = 0; value < 256; value++) {
                    check(length, at, (byte) value);
                }
            }
        }
    }

    /** What lies behind the end would stop every scan and must not be looked at. */
    private void check(int length, int at, byte value) {
        bytes.setMemory(0, MOST + 8, (byte) 0);
        bytes.setMemory(0, length, (byte) 'a');
        bytes.putByte(at, value);
        long memory = bytes.addressOffset();
        boolean control = (value & 0xff) < 0x20 || value == 0x7f;
        int stop = Math.min(at, length);
        if (Scan.controlAt(memory, 0, length) != (control ? stop : length)
                || Scan.plainPathEnd(memory, 0, length)
                        != (Ascii.isPlainPath(value) ? length : stop)
                || Scan.plainQueryEnd(memory, 0, length)
                        != (Ascii.isPlainQuery(value) ? length : stop)) {
            throw new AssertionError(value + " at " + at + " of " + length);
        }
        boolean letter = String.valueOf((char) (value & 0xff)).matches("[A-Za-z-]");
        int whole = length & -Long.BYTES;
        assertThat(Scan.lettersEnd(memory, 0, length))
                .isEqualTo(letter || at >= whole ? whole : at);
    }
}
