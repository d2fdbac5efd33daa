package io.millrace.filter.limit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class KeyHashTest {
    private static final long SEED_0 = 0x0706050403020100L;
    private static final long SEED_1 = 0x0f0e0d0c0b0a0908L;

    @Test
    void shouldBeComparedWithASipHashThatGivesThePapersVector() {
        byte[] message = new byte[15];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }
        assertThat(reference(message, 2, 4)).isEqualTo(0xa129ca6149be45e5L); // appendix A
    }

    @Property(tries = 300)
    void shouldBeSipHash13OfIdAndPartsWithTheirLengths(
            @ForAll long id, @ForAll byte[] first, @ForAll long number) {
        int padded = (first.length + 7) / 8 * 8;
        ByteBuffer message =
                ByteBuffer.allocate(24 + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(id);
        message.putLong(first.length).put(Arrays.copyOf(first, padded)).putLong(number);
        KeyHash hash = new KeyHash(SEED_0, SEED_1);
        hash.begin(id);
        hash.add(new UnsafeBuffer(first));
        hash.add(number);
        assertThat(hash.end()).isEqualTo(reference(message.array(), 1, 3));
    }

    @Test
    void shouldTellWhereOnePartEnds() {
        assertThat(key("ab", "c")).isNotEqualTo(key("a", "bc")).isNotEqualTo(key("abc"));
        assertThat(key("a\0")).isNotEqualTo(key("a"));
        assertThat(key("a", "")).isNotEqualTo(key("a"));
    }

    @Test
    void shouldReadNothingButThePart() {
        UnsafeBuffer bytes = new UnsafeBuffer("..0123456789..".getBytes(UTF_8));
        KeyHash hash = new KeyHash(SEED_0, SEED_1);
        hash.begin(1);
        hash.add(bytes, 2, 10);
        assertThat(hash.end()).isEqualTo(key("0123456789"));
    }

    private static long key(String... parts) {
        KeyHash hash = new KeyHash(SEED_0, SEED_1);
        hash.begin(1);
        for (String part : parts) {
            hash.add(new UnsafeBuffer(part.getBytes(UTF_8)));
        }
        return hash.end();
    }

    private static long reference(byte[] message, int compressions, int finals) {
        long[] v = {
            SEED_0 ^ 0x736f6d6570736575L,
            SEED_1 ^ 0x646f72616e646f6dL,
            SEED_0 ^ 0x6c7967656e657261L,
            SEED_1 ^ 0x7465646279746573L
        };
        byte[] padded = Arrays.copyOf(message, message.length / 8 * 8 + 8);
        padded[padded.length - 1] = (byte) message.length;
        ByteBuffer words = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
        while (words.hasRemaining()) {
            long word = words.getLong();
            v[3] ^= word;
            rounds(v, compressions);
            v[0] ^= word;
        }
        v[2] ^= 0xff;
        rounds(v, finals);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void rounds(long[] v, int count) {
        for (int i = 0; i < count; i++) {
            v[0] += v[1];
            v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
            v[0] = Long.rotateLeft(v[0], 32);
            v[2] += v[3];
            v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
            v[0] += v[3];
            v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
            v[2] += v[1];
            v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
            v[2] = Long.rotateLeft(v[2], 32);
        }
    }
}
