package io.millrace.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class WordsTest {
    @Test
    void shouldFoldJustTheLettersOfAscii() {
        for (int b = 0; b < 256; b++) {
            long folded = Words.fold(b | (long) b << 56);
            long expected = b >= 'A' && b <= 'Z' ? b + 32 : b;
            assertThat(folded).isEqualTo(expected | expected << 56);
        }
    }

    @Test
    void shouldFindTheFirstSlashAtEveryPlace() {
        for (int length = 0; length < 40; length++) {
            for (int slash = 0; slash <= length; slash++) {
                byte[] bytes = new byte[length];
                java.util.Arrays.fill(bytes, (byte) (slash % 2 == 0 ? 'x' : '0'));
                for (int i = slash; i < length; i += 3) {
                    bytes[i] = '/';
                }
                assertThat(Words.indexOfSlash(new UnsafeBuffer(bytes), 0, length)).isEqualTo(slash);
            }
        }
    }

    @Test
    void shouldHashAlikeWhereverTheBytesLieAndWhateverFollows() {
        String text = "some-Longer.Host.example.COM";
        for (int length = 0; length <= text.length(); length++) {
            UnsafeBuffer tight = buffer(text.substring(0, length));
            UnsafeBuffer inside = buffer("xyz" + text + "tail beyond");
            UnsafeBuffer lower = buffer(text.substring(0, length).toLowerCase(Locale.ROOT));
            assertThat(Words.hash(inside, 3, length)).isEqualTo(Words.hash(tight, 0, length));
            assertThat(Words.foldedHash(inside, 3, length)).isEqualTo(Words.hash(lower, 0, length));
            assertThat(Words.equal(tight, 0, inside, 3, length)).isTrue();
            assertThat(Words.foldedEqual(lower, 0, inside, 3, length)).isTrue();
        }
    }

    @Test
    void shouldSeeADifferenceInEveryByte() {
        String text = "a-rather-long-segment";
        for (int i = 0; i < text.length(); i++) {
            UnsafeBuffer other = buffer(text.substring(0, i) + '#' + text.substring(i + 1));
            assertThat(Words.equal(buffer(text), 0, other, 0, text.length())).isFalse();
            assertThat(Words.foldedEqual(buffer(text), 0, other, 0, text.length())).isFalse();
        }
    }

    private static UnsafeBuffer buffer(String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }
}
