package io.millrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Eight bytes at once give what eight looks at one would. */
final class WordsTest {
    @Test
    void shouldFindEveryControlByteAtEveryPlace() {
        for (int value = 0; value < 256; value++) {
            for (int at = 0; at < 19; at++) {
                byte[] bytes = new byte[19];
                Arrays.fill(bytes, (byte) 'a');
                bytes[at] = (byte) value;
                boolean control = value < 0x20 || value == 0x7f;
                assertThat(Words.controlAt(new UnsafeBuffer(bytes), 0, 19)).isEqualTo(control ? at : 19);
            }
        }
    }

    @Test
    void shouldFindTheFirstControlByteAmongAnyBytes() {
        Random random = new Random(3);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(30)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(10) == 0 ? random.nextInt(256) : 0x20 + random.nextInt(0xe0));
            }
            assertThat(Words.controlAt(new UnsafeBuffer(bytes), 0, bytes.length)).isEqualTo(naiveControlAt(bytes));
        }
    }

    @Test
    void shouldLoadTheSameNearTheEndAsElsewhere() {
        byte[] text = "abcdefghijklmnop".getBytes(StandardCharsets.US_ASCII);
        UnsafeBuffer wide = new UnsafeBuffer(text);
        for (int length = 1; length <= 8; length++) {
            UnsafeBuffer exact = new UnsafeBuffer(Arrays.copyOf(text, length));
            assertThat(Words.load(exact, 0, length, length)).isEqualTo(Words.load(wide, 0, length, 16));
        }
    }

    @Test
    void shouldFoldLettersAndLeaveDashes() {
        UnsafeBuffer mixed = new UnsafeBuffer("Ab-Zz-09".getBytes(StandardCharsets.US_ASCII));
        UnsafeBuffer lower = new UnsafeBuffer("ab-zz-09".getBytes(StandardCharsets.US_ASCII));

        assertThat(Words.fold(Words.load(mixed, 0))).isEqualTo(Words.load(lower, 0));
    }

    private static int naiveControlAt(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if ((bytes[i] & 0xff) < 0x20 || bytes[i] == 0x7f) {
                return i;
            }
        }
        return bytes.length;
    }
}
