package io.millrace.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ByteRangesTest {
    private static final long SIZE = 1000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "bytes=0-0 > [0,0]",
                "BYTES=0-0 > [0,0]",
                "bytes=0- > [0,999]",
                "bytes=990-5000 > [990,999]",
                "bytes=-10 > [990,999]",
                "bytes=-5000 > [0,999]",
                "bytes= 1-2 , 5-6 > [1,2][5,6]",
                "bytes=5-6,1-2 > [5,6][1,2]",
                "bytes=1-2,3-4 > [1,4]",
                "bytes=3-4,1-2 > [1,4]",
                "bytes=1-2,4000-,5-6 > [1,2][5,6]",
                "bytes=1-2,,5-6, > [1,2][5,6]",
                "bytes=1000- > none",
                "bytes=-0 > none",
                "bytes=0-10,20-30,5-25 > ignored",
                "bytes=0-10,20-30,5-6 > ignored",
                "bytes=0-999999999999999999 > [0,999]",
                "bytes=0-9999999999999999999 > ignored",
                "bytes=1 > ignored",
                "bytes=1-2-3 > ignored",
                "bytes = 1-2 > ignored",
                "bytes=+1-2 > ignored",
                "bytes=1 -2 > ignored"
            })
    void shouldReadSetsOfRanges(String field, String expected) {
        assertThat(read(field, SIZE)).isEqualTo(expected);
    }

    @Test
    void shouldReadBeyondWhatAnIntCounts() {
        assertThat(read("bytes=3000000000-3000000009", 1L << 33))
                .isEqualTo("[3000000000,3000000009]");
        assertThat(read("bytes=-1", 1L << 33)).isEqualTo("[8589934591,8589934591]");
    }

    @Test
    void shouldIgnoreMorePartsThanAreSent() {
        StringBuilder field = new StringBuilder("bytes=0-0");
        for (int i = 1; i < ByteRanges.MOST; i++) {
            field.append(',').append(2 * i).append('-').append(2 * i);
        }
        assertThat(read(field.toString(), SIZE)).startsWith("[0,0][2,2]").endsWith("[30,30]");
        assertThat(read(field + ",100-101", SIZE)).isEqualTo("ignored");
    }

    @Property
    void shouldNeverSendMoreThanTheFile(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 0, max = 120) Integer> numbers) {
        StringBuilder field = new StringBuilder("bytes=");
        for (int number : numbers) {
            field.append(number).append('-').append(number + number % 7).append(',');
        }
        ByteRanges ranges = new ByteRanges();
        UnsafeBuffer bytes = Asked.bytes(field.toString());
        if (ranges.read(bytes, 0, bytes.capacity(), 100) == ByteRanges.PARTIAL) {
            boolean[] sent = new boolean[100];
            for (int i = 0; i < ranges.count(); i++) {
                assertThat(ranges.length(i)).isPositive();
                for (long at = ranges.first(i); at <= ranges.last(i); at++) {
                    assertThat(sent[(int) at]).isFalse();
                    sent[(int) at] = true;
                }
            }
        }
    }

    private static String read(String field, long size) {
        ByteRanges ranges = new ByteRanges();
        UnsafeBuffer bytes = Asked.bytes(field);
        return switch (ranges.read(bytes, 0, bytes.capacity(), size)) {
            case ByteRanges.IGNORED -> "ignored";
            case ByteRanges.UNSATISFIABLE -> "none";
            default -> text(ranges);
        };
    }

    private static String text(ByteRanges ranges) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ranges.count(); i++) {
            text.append('[').append(ranges.first(i)).append(',').append(ranges.last(i)).append(']');
        }
        return text.toString();
    }
}
