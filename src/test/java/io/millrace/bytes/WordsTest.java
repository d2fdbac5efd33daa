package io.millrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Eight bytes at once give what eight looks at one would. */
final class WordsTest {
    @Test
    void shouldMarkEveryByteThatIsNeitherLetterNorDash() {
        Random random = new Random(5);
        for (int value = 0; value < 256; value++) {
            for (int at = 0; at < 8; at++) {
                byte[] bytes = new byte[8];
                random.nextBytes(bytes);
                bytes[at] = (byte) value;
                long marks = Words.notLetterOrDash(Words.load(new UnsafeBuffer(bytes), 0));
                boolean expected = !String.valueOf((char) value).matches("[A-Za-z-]");
                assertThat((marks >>> (at * 8) & 0xff) == 0x80).as("%d", value).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldMarkTheFirstByteThatATargetOrHostStopsAt() {
        Random random = new Random(7);
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[8];
            for (int i = 0; i < bytes.length; i++) {
                boolean any = random.nextInt(6) == 0;
                bytes[i] = (byte) (any ? random.nextInt(256) : '!' + random.nextInt(94));
            }
            long word = Words.load(new UnsafeBuffer(bytes), 0);
            assertThat(first(Words.notPlainPath(word))).isEqualTo(naive(bytes, Ascii::isPlainPath));
            assertThat(first(Words.notPlainQuery(word)))
                    .isEqualTo(naive(bytes, Ascii::isPlainQuery));
            assertThat(first(Words.controls(word))).isEqualTo(naive(bytes, b -> !isControl(b)));
        }
    }

    @Test
    void shouldMarkEveryByteThatIsNotOfAPlainHostName() {
        Random random = new Random(9);
        for (int value = 0; value < 256; value++) {
            for (int at = 0; at < 8; at++) {
                byte[] bytes = new byte[8];
                random.nextBytes(bytes);
                bytes[at] = (byte) value;
                long marks = Words.notHostName(Words.load(new UnsafeBuffer(bytes), 0));
                boolean expected = !String.valueOf((char) value).matches("[A-Za-z0-9.-]");
                assertThat((marks >>> (at * 8) & 0xff) == 0x80).as("%d", value).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldFoldLettersAndLeaveDashes() {
        UnsafeBuffer mixed = new UnsafeBuffer("Ab-Zz-09".getBytes(StandardCharsets.US_ASCII));
        UnsafeBuffer lower = new UnsafeBuffer("ab-zz-09".getBytes(StandardCharsets.US_ASCII));

        assertThat(Words.fold(Words.load(mixed, 0))).isEqualTo(Words.load(lower, 0));
    }

    private static int first(long marks) {
        return marks == 0 ? Long.BYTES : Words.first(marks);
    }

    private static int naive(byte[] bytes, BytePredicate inside) {
        int at = 0;
        while (at < bytes.length && inside.test(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isControl(byte b) {
        return (b & 0xff) < 0x20 || b == 0x7f;
    }

    /** What may stand in a run of bytes; owned by one test. */
    private interface BytePredicate {
        boolean test(byte b);
    }
}
