package io.millrace.proxyprotocol;

import static io.millrace.testing.ProxyHeaders.binary;
import static io.millrace.testing.ProxyHeaders.emptyChecksum;
import static io.millrace.testing.ProxyHeaders.joined;
import static io.millrace.testing.ProxyHeaders.line;
import static io.millrace.testing.ProxyHeaders.summed;
import static io.millrace.testing.ProxyHeaders.tcp;
import static io.millrace.testing.ProxyHeaders.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeaderParserTest {
    private static final int LONGEST = 1024;
    private static final byte[] V4 = tcp("192.0.2.1", 56324, "192.0.2.2", 443);
    private static final byte[] V6 = tcp("2001:db8::1", 56324, "2001:db8::2", 443);

    private ReceivedHeader header = new ReceivedHeader();

    @Test
    void shouldReadTheAddressesOfEitherVersion() {
        assertRelayed(line("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443"), "192.0.2.1", "192.0.2.2");
        assertRelayed(
                line("PROXY TCP6 2001:DB8::1 2001:db8:0:0:0:0:0:2 56324 443"),
                "2001:db8::1",
                "2001:db8::2");
        assertRelayed(
                line("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c000:202 56324 443"),
                "192.0.2.1",
                "192.0.2.2");
        assertRelayed(binary(0x21, 0x11, V4), "192.0.2.1", "192.0.2.2");
        assertRelayed(binary(0x21, 0x21, V6), "2001:db8::1", "2001:db8::2");
    }

    @Test
    void shouldKnowThatAClientOfAUnixSocketHasNoAddress() {
        byte[] bytes = binary(0x21, 0x31, new byte[216], value(0xE0, (byte) 1));

        assertThat(parse(bytes)).isEqualTo(bytes.length);
        assertThat(header.isRelayed()).isTrue();
        assertThat(header.source()).isNull();
        assertThat(header.destination()).isNull();
    }

    @Test
    void shouldKeepTheRealEndpointsWhereTheHeaderNamesNone() {
        for (byte[] bytes :
                List.of(
                        line("PROXY UNKNOWN"),
                        line("PROXY UNKNOWN ffff::1 whatever\0 65536"),
                        binary(0x20, 0x00),
                        binary(0x20, 0x11, V4),
                        binary(0x20, 0xFF, new byte[] {1, 2, 3, 4, 5}),
                        binary(0x20, 0x11, new byte[] {1}),
                        binary(0x21, 0x00, new byte[] {1, 2}),
                        binary(0x21, 0x12, V4),
                        binary(0x21, 0x22, V6),
                        binary(0x21, 0x32, new byte[216]))) {
            assertThat(parse(bytes)).isEqualTo(bytes.length);
            assertThat(header.isRelayed()).isFalse();
        }
    }

    @Test
    void shouldSkipValuesThatItDoesNotUse() {
        byte[] bytes =
                binary(
                        0x21,
                        0x11,
                        V4,
                        value(0x01, (byte) 'h', (byte) '2'),
                        value(0x04),
                        value(0x20, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0),
                        value(0xEA, new byte[300]));

        assertRelayed(bytes, "192.0.2.1", "192.0.2.2");
    }

    @Test
    void shouldVerifyAChecksumThatIsThere() {
        byte[] right = summed(binary(0x21, 0x11, V4, value(0x04), emptyChecksum()));
        assertRelayed(right, "192.0.2.1", "192.0.2.2");
        int type = right.length - 7;
        for (int i = 16; i < right.length; i++) {
            if (i == type) {
                // A value of another type is no checksum.
                continue;
            }
            byte[] wrong = right.clone();
            wrong[i] ^= 0x10;
            assertThat(parse(wrong))
                    .as("a flipped bit in byte %d", i)
                    .isEqualTo(HeaderParser.REFUSED);
        }
    }

    @Test
    void shouldVerifyTheChecksumOfAHeaderWithoutAddresses() {
        byte[] right = summed(binary(0x20, 0x00, emptyChecksum()));
        assertThat(parse(right)).isEqualTo(right.length);
        right[right.length - 1] ^= 1;
        assertThat(parse(right)).isEqualTo(HeaderParser.REFUSED);
    }

    @Test
    void shouldRefuseBrokenValues() {
        byte[] zeros = new byte[4];
        assertRefused(binary(0x21, 0x11, V4, new byte[] {4}));
        assertRefused(binary(0x21, 0x11, V4, new byte[] {4, 0}));
        assertRefused(binary(0x21, 0x11, V4, new byte[] {4, 0, 1}));
        assertRefused(binary(0x21, 0x11, V4, value(0x03, new byte[3])));
        assertRefused(binary(0x21, 0x11, V4, value(0x03, zeros), value(0x03, zeros)));
    }

    @Test
    void shouldTakeEveryPrefixForIncompleteAndLeaveWhatFollows() {
        for (byte[] bytes :
                List.of(
                        line("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443"),
                        line("PROXY UNKNOWN"),
                        binary(0x20, 0x00),
                        binary(0x21, 0x21, V6, value(0x02, new byte[40])))) {
            for (int i = 0; i < bytes.length; i++) {
                assertThat(parse(Arrays.copyOf(bytes, i)))
                        .as("%d of %d bytes", i, bytes.length)
                        .isEqualTo(HeaderParser.INCOMPLETE);
                assertThat(header.isRelayed()).isFalse();
            }
            byte[] more = joined(bytes, "\r\nGET".getBytes(StandardCharsets.US_ASCII));
            assertThat(parse(more)).isEqualTo(bytes.length);
        }
    }

    @Test
    void shouldTakeTheLongestLineAndNoLonger() {
        String longest = "PROXY UNKNOWN " + "x".repeat(91);
        assertThat(parse(line(longest))).isEqualTo(107);
        assertRefused(line(longest + "x"));
        assertRefused((longest + "xx").getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void shouldTakeNoHeaderOfMoreThanTheGivenLength() {
        byte[] longest = binary(0x20, 0x00, new byte[LONGEST - 16]);
        assertThat(parse(longest)).isEqualTo(LONGEST);
        byte[] tooLong = binary(0x20, 0x00, new byte[LONGEST - 15]);
        assertThat(parse(Arrays.copyOf(tooLong, 16))).isEqualTo(HeaderParser.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY\tTCP4 1.2.3.4 1.2.3.4 1 2",
                "proxy TCP4 1.2.3.4 1.2.3.4 1 2",
                "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2",
                "PROXY TCP4 1.2.3.4  1.2.3.4 1 2",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 ",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3",
                "PROXY TCP4 1.2.3 1.2.3.4 1 2",
                "PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2",
                "PROXY TCP4 1.2.3.04 1.2.3.4 1 2",
                "PROXY TCP4 1.2.3.256 1.2.3.4 1 2",
                "PROXY TCP4 1.2.3.4 ::1 1 2",
                "PROXY TCP6 1.2.3.4 1.2.3.4 1 2",
                "PROXY TCP6 ::1 1.2.3.4 1 2",
                "PROXY TCP6 :: 1::2::3 1 2",
                "PROXY TCP6 :: 00001:: 1 2",
                "PROXY TCP6 :: fe80::1%lo 1 2",
                "PROXY TCP6 :: [::1] 1 2",
                "PROXY TCP6 :: 1:2:3:4:5:6:7 1 2",
                "PROXY TCP6 :: g:: 1 2",
                "PROXY TCP4 1.2.3.4 1.2.3.4 01 2",
                "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2",
                "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 x",
                "PROXY UDP4 1.2.3.4 1.2.3.4 1 2",
                "PROXY UNKNOWNS",
                "PROXY ",
                "PROXY",
                "GET / HTTP/1.1",
                "\n",
            })
    void shouldRefuseALineThatDoesNotMatchExactly(String text) {
        assertRefused(line(text));
    }

    @Test
    void shouldRefuseHalfALineEnd() {
        assertRefused("PROXY UNKNOWN\n".getBytes(StandardCharsets.US_ASCII));
        assertRefused("PROXY UNKNOWN\rx".getBytes(StandardCharsets.US_ASCII));
        assertRefused("PROXY UNKNOWN a\nb\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void shouldRefuseAtTheFirstWrongByte() {
        assertRefused("PROXX".getBytes(StandardCharsets.US_ASCII));
        assertRefused("G".getBytes(StandardCharsets.US_ASCII));
        assertRefused("\r\n\r\n\r".getBytes(StandardCharsets.US_ASCII));
        byte[] sound = binary(0x21, 0x11, V4);
        for (int i = 0; i < 12; i++) {
            byte[] wrong = Arrays.copyOf(sound, i + 1);
            wrong[i] ^= 1;
            assertRefused(wrong);
        }
    }

    @Test
    void shouldRefuseUnknownVersionsCommandsAndFamilies() {
        for (int command = 0; command < 256; command++) {
            if (command != 0x20 && command != 0x21) {
                assertRefused(Arrays.copyOf(binary(command, 0x11, V4), 13));
            }
        }
        List<Integer> known = List.of(0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32);
        for (int family = 0; family < 256; family++) {
            if (!known.contains(family)) {
                assertRefused(binary(0x21, family, new byte[216]));
            }
        }
    }

    @Test
    void shouldRefuseABlockTooShortForItsAddresses() {
        assertRefused(binary(0x21, 0x11, new byte[11]));
        assertRefused(binary(0x21, 0x21, new byte[35]));
        assertRefused(binary(0x21, 0x31, new byte[215]));
        assertRefused(binary(0x21, 0x11));
    }

    @Test
    void shouldTakeOnlyTheVersionThatIsConfigured() {
        byte[] text = line("PROXY UNKNOWN");
        byte[] binary = binary(0x20, 0x00);
        assertThat(parse(text, AcceptedVersions.V1)).isPositive();
        assertThat(parse(binary, AcceptedVersions.V2)).isPositive();
        assertThat(parse(text, AcceptedVersions.V2)).isEqualTo(HeaderParser.REFUSED);
        assertThat(parse(binary, AcceptedVersions.V1)).isEqualTo(HeaderParser.REFUSED);
        assertThat(parse(text, AcceptedVersions.OFF)).isEqualTo(HeaderParser.REFUSED);
        assertThat(parse(binary, AcceptedVersions.OFF)).isEqualTo(HeaderParser.REFUSED);
    }

    private void assertRelayed(byte[] bytes, String source, String destination) {
        assertThat(parse(bytes)).isEqualTo(bytes.length);
        assertThat(header.isRelayed()).isTrue();
        assertThat(header.source()).isEqualTo(new InetSocketAddress(source, 56324));
        assertThat(header.destination()).isEqualTo(new InetSocketAddress(destination, 443));
    }

    private void assertRefused(byte[] bytes) {
        assertThat(parse(bytes)).isEqualTo(HeaderParser.REFUSED);
        assertThat(header.isRelayed()).isFalse();
    }

    private int parse(byte[] bytes) {
        return parse(bytes, AcceptedVersions.ANY);
    }

    /** Behind a byte that was read before, so that nothing may count from the buffer's start. */
    private int parse(byte[] bytes, AcceptedVersions accepted) {
        header = new ReceivedHeader();
        ByteBuf in = Unpooled.wrappedBuffer(new byte[1], bytes).skipBytes(1);
        try {
            int length = HeaderParser.parse(in, accepted, LONGEST, header);
            assertThat(in.readerIndex()).isEqualTo(1);
            return length;
        } finally {
            in.release();
        }
    }
}
