package io.millrace.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes and numbers in their place, and nothing beyond it. */
final class ByteWriterTest {
    private static final int CAPACITY = 40;

    private final UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY));
    private final ByteWriter writer = new ByteWriter();

    @Test
    void shouldWriteOneAfterTheOther() {
        writer.wrap(memory.addressOffset(), CAPACITY);
        writer.put((byte) 'a');
        writer.put(new byte[] {'b', 'c'});
        writer.put(new UnsafeBuffer(new byte[] {'x', 'd', 'e', 'x'}), 1, 2);
        writer.putDecimal(42);

        assertThat(written()).isEqualTo("abcde42");
        assertThat(writer.overflowed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                9,
                10,
                99,
                100,
                12345,
                -1,
                -10,
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                1_000_000_000_000L
            })
    void shouldWriteDecimalsAsJavaDoes(long value) {
        writer.wrap(memory.addressOffset(), CAPACITY);
        writer.putDecimal(value);

        assertThat(written()).isEqualTo(Long.toString(value));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0x9ABCDEF012345678L, -1, Long.MIN_VALUE, 0x0A0F_9A9F_0909_AFFAL})
    void shouldWriteSixteenHexadecimalDigitsAsJavaDoes(long value) {
        writer.wrap(memory.addressOffset(), CAPACITY);
        writer.putHex16(value);

        assertThat(written()).isEqualTo(HexFormat.of().toHexDigits(value));
    }

    @Test
    void shouldDropHexadecimalDigitsThatDoNotFit() {
        writer.wrap(memory.addressOffset(), 15);
        writer.putHex16(1);

        assertThat(writer.overflowed()).isTrue();
        assertThat(writer.position()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0,0,0",
        "0,1,0",
        "0,4,0000",
        "255,1,ff",
        "255,4,00ff",
        "4096,2,1000",
        "-1,1,ffffffffffffffff",
        "15,1,f",
        "16,1,10"
    })
    void shouldWriteHexadecimals(long value, int minDigits, String expected) {
        writer.wrap(memory.addressOffset(), CAPACITY);
        writer.putHex(value, minDigits);

        assertThat(written()).isEqualTo(expected);
    }

    @Test
    void shouldDropWhatDoesNotFit() {
        memory.setMemory(0, CAPACITY, (byte) '#');
        writer.wrap(memory.addressOffset(), 3);
        writer.put(new byte[] {'a', 'b'});
        writer.putDecimal(10);
        assertThat(writer.overflowed()).isTrue();
        writer.putHex(16, 2);
        writer.put(new byte[] {'c', 'd'});
        writer.put((byte) 'e');
        writer.put((byte) 'f');

        assertThat(written()).isEqualTo("abe");
        assertThat(memory.getByte(3)).isEqualTo((byte) '#');
    }

    @Test
    void shouldGoBackWhereItIsTold() {
        writer.wrap(memory.addressOffset(), CAPACITY);
        writer.put(new byte[] {'a', 'b'});
        writer.position(1);
        writer.put((byte) 'c');

        assertThat(written()).isEqualTo("ac");
        writer.wrap(memory.addressOffset(), 0);
        assertThat(writer.position()).isZero();
    }

    private String written() {
        byte[] copy = new byte[writer.position()];
        memory.getBytes(0, copy);
        return new String(copy, StandardCharsets.US_ASCII);
    }
}
