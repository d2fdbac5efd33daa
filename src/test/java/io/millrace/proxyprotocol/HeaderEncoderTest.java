package io.millrace.proxyprotocol;

import static io.millrace.testing.ProxyHeaders.binary;
import static io.millrace.testing.ProxyHeaders.line;
import static io.millrace.testing.ProxyHeaders.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HeaderEncoderTest {
    private record Ends(@Nullable InetSocketAddress source, @Nullable InetSocketAddress destination)
            implements ClientAddresses {}

    @Test
    void shouldWriteIpv4() {
        Ends ends = ends("192.0.2.1", "192.0.2.2");
        assertThat(encode(SentVersion.V1, ends))
                .isEqualTo(line("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443"));
        assertThat(encode(SentVersion.V2, ends))
                .isEqualTo(binary(0x21, 0x11, tcp("192.0.2.1", 56324, "192.0.2.2", 443)));
    }

    @Test
    void shouldWriteIpv6() {
        Ends ends = ends("2001:db8::1", "::2");
        assertThat(encode(SentVersion.V1, ends))
                .isEqualTo(line("PROXY TCP6 2001:db8::1 ::2 56324 443"));
        assertThat(encode(SentVersion.V2, ends))
                .isEqualTo(binary(0x21, 0x21, tcp("2001:db8::1", 56324, "::2", 443)));
    }

    @Test
    void shouldWriteMappedAddressesAsIpv4() throws UnknownHostException {
        Ends ends =
                new Ends(
                        new InetSocketAddress(mapped(192, 0, 2, 1), 56324),
                        new InetSocketAddress(mapped(192, 0, 2, 2), 443));
        assertThat(encode(SentVersion.V1, ends))
                .isEqualTo(line("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443"));
        assertThat(encode(SentVersion.V2, ends))
                .isEqualTo(binary(0x21, 0x11, tcp("192.0.2.1", 56324, "192.0.2.2", 443)));
    }

    @Test
    void shouldWriteOneFamilyWhereTheEndsHaveTwo() {
        Ends ends = ends("192.0.2.1", "2001:db8::2");
        assertThat(encode(SentVersion.V1, ends))
                .isEqualTo(line("PROXY TCP6 ::ffff:c000:201 2001:db8::2 56324 443"));
        byte[] written = encode(SentVersion.V2, ends);
        ReceivedHeader read = new ReceivedHeader();
        assertThat(written[13]).isEqualTo((byte) 0x21);
        ByteBuf in = Unpooled.wrappedBuffer(written);
        assertThat(HeaderParser.parse(in, AcceptedVersions.V2, 100, read))
                .isEqualTo(written.length);
        assertThat(read.source()).isEqualTo(ends.source());
        assertThat(read.destination()).isEqualTo(ends.destination());
    }

    @Test
    void shouldSayThatItDoesNotKnowRatherThanSpeakForItself() {
        for (Ends ends :
                new Ends[] {
                    new Ends(null, null),
                    new Ends(new InetSocketAddress("192.0.2.1", 1), null),
                    new Ends(null, new InetSocketAddress("192.0.2.1", 1))
                }) {
            assertThat(encode(SentVersion.V1, ends)).isEqualTo(line("PROXY UNKNOWN"));
            assertThat(encode(SentVersion.V2, ends)).isEqualTo(binary(0x21, 0x00));
        }
    }

    private static Ends ends(String source, String destination) {
        return new Ends(
                new InetSocketAddress(source, 56324), new InetSocketAddress(destination, 443));
    }

    private static InetAddress mapped(int... ipv4) throws UnknownHostException {
        byte[] address = new byte[16];
        address[10] = (byte) 0xFF;
        address[11] = (byte) 0xFF;
        for (int i = 0; i < ipv4.length; i++) {
            address[12 + i] = (byte) ipv4[i];
        }
        return Inet6Address.getByAddress(null, address, -1);
    }

    private static byte[] encode(SentVersion version, ClientAddresses ends) {
        ByteBuf out = HeaderEncoder.encode(version, ends, UnpooledByteBufAllocator.DEFAULT);
        try {
            return ByteBufUtil.getBytes(out);
        } finally {
            out.release();
        }
    }
}
