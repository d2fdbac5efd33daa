package io.millrace.sni;

import static io.millrace.sni.HelloBytes.bytes;
import static io.millrace.sni.HelloBytes.join;
import static io.millrace.sni.HelloBytes.u16;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientHelloTest {
    private final ClientHello hello = new ClientHello();

    @Test
    void shouldReadNameAndProtocols() {
        assertThat(read(HelloBytes.of("DB.Example.com", "h2", "http/1.1").record()))
                .isEqualTo(HelloState.COMPLETE);
        assertThat(hello.serverName()).isEqualTo("db.example.com");
        assertThat(hello.protocols()).containsExactly("h2", "http/1.1");
    }

    @Test
    void shouldForgetWhatTheClientBeforeAskedFor() {
        read(HelloBytes.of("a.example", "h2").record());

        assertThat(read(new HelloBytes().record())).isEqualTo(HelloState.COMPLETE);
        assertThat(hello.serverName()).isNull();
        assertThat(hello.protocols()).isEmpty();
    }

    @Test
    void shouldReadAHelloWithoutExtensions() {
        assertThat(read(new HelloBytes().sessionId(0).record())).isEqualTo(HelloState.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 37, 100})
    void shouldReadAHelloInSeveralRecords(int fragment) {
        assertThat(read(HelloBytes.of("a.example", "h2").records(fragment)))
                .isEqualTo(HelloState.COMPLETE);
        assertThat(hello.serverName()).isEqualTo("a.example");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64, 1000})
    void shouldSayTheSameAtEverySplit(int fragment) {
        byte[] whole = HelloBytes.of("a.example", "h2").records(fragment);
        for (int length = 0; length < whole.length; length++) {
            assertThat(read(Arrays.copyOf(whole, length)))
                    .as("the first %d of %d bytes", length, whole.length)
                    .isEqualTo(HelloState.INCOMPLETE);
            assertThat(hello.wantedBytes()).isBetween(length + 1, whole.length);
        }
    }

    @Test
    void shouldIgnoreWhatFollowsInAnotherRecord() {
        byte[] early = join(HelloBytes.of("a.example").record(), bytes(23, 3, 3, 0, 1, 9));

        assertThat(read(early)).isEqualTo(HelloState.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "SSH-2.0-OpenSSH_9.9\r\n",
                "\0\0\0\b\u0004\u00d2\u0016/",
                "\u0016GET"
            })
    void shouldSeeAtOnceThatItIsNotTls(String text) {
        assertThat(read(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
                .isEqualTo(HelloState.NOT_TLS);
    }

    @Test
    void shouldRefuseRecordsThatCannotBe() {
        assertThat(read(bytes(22, 3, 1, 0, 0))).isEqualTo(HelloState.NOT_TLS);
        assertThat(read(bytes(22, 3, 1, 0x40, 1))).isEqualTo(HelloState.NOT_TLS);
        assertThat(read(bytes(22, 3, 1, 0, 4, 2))).isEqualTo(HelloState.NOT_TLS);
        byte[] alertBetween =
                join(HelloBytes.record(bytes(1, 0)), bytes(21, 3, 3, 0, 2, 1, 0), bytes(22));
        assertThat(read(alertBetween)).isEqualTo(HelloState.NOT_TLS);
    }

    @Test
    void shouldRefuseAnythingBehindTheHelloInItsRecord() {
        byte[] message = HelloBytes.of("a.example").message();

        assertThat(read(HelloBytes.record(join(message, bytes(0))))).isEqualTo(HelloState.NOT_TLS);
    }

    @Test
    void shouldRefuseNamesThatTwoReadersCouldReadDifferently() {
        assertRefused(HelloBytes.of("a.example").serverName("b.example"));
        assertRefused(HelloBytes.of("a.example."));
        assertRefused(HelloBytes.of("a\0.example"));
        assertRefused(HelloBytes.of("a b.example"));
        assertRefused(HelloBytes.of("*.example"));
        assertRefused(HelloBytes.of("\u00e4.example"));
        assertRefused(HelloBytes.of("a".repeat(256)));
        assertRefused(HelloBytes.of(""));
        byte[] name = join(bytes(0), u16(1), bytes('a'));
        assertRefused(new HelloBytes().extension(0, join(u16(8), name, name)));
        assertRefused(new HelloBytes().extension(0, join(u16(4), bytes(1), u16(1), bytes('a'))));
        assertRefused(new HelloBytes().extension(0, join(u16(3), name)));
        assertRefused(new HelloBytes().extension(0, join(u16(5), name)));
        assertRefused(new HelloBytes().extension(0, new byte[0]));
    }

    @Test
    void shouldRefuseProtocolsThatCannotBe() {
        assertRefused(HelloBytes.of("a.example", "h2").protocols("h3"));
        assertRefused(HelloBytes.of("a.example", ""));
        assertRefused(new HelloBytes().extension(16, u16(0)));
        assertRefused(new HelloBytes().extension(16, join(u16(3), bytes(2), bytes('h'))));
        assertRefused(new HelloBytes().extension(16, join(u16(2), bytes(2), bytes('h'))));
    }

    @Test
    void shouldRefuseABodyThatDoesNotAddUp() {
        byte[] fixed = new HelloBytes().fixedPart();
        assertThat(body(fixed)).isEqualTo(HelloState.COMPLETE);
        assertThat(body(join(fixed, bytes(0)))).isEqualTo(HelloState.NOT_TLS);
        assertThat(body(join(fixed, u16(1)))).isEqualTo(HelloState.NOT_TLS);
        assertThat(body(join(fixed, u16(4), u16(9), u16(1)))).isEqualTo(HelloState.NOT_TLS);
        assertThat(body(join(fixed, u16(4), u16(9), u16(0), bytes(0))))
                .isEqualTo(HelloState.NOT_TLS);
        assertThat(body(Arrays.copyOf(fixed, fixed.length - 1))).isEqualTo(HelloState.NOT_TLS);
        assertThat(body(new byte[0])).isEqualTo(HelloState.NOT_TLS);
        assertRefused(new HelloBytes().sessionId(33));
    }

    @Test
    void shouldRefuseAHelloThatDoesNotFit() {
        assertThat(read(HelloBytes.of("a.example").padding(16_000).records(16_384)))
                .isEqualTo(HelloState.COMPLETE);
        assertThat(read(HelloBytes.of("a.example").padding(16_300).records(16_384)))
                .isEqualTo(HelloState.TOO_LARGE);
        assertThat(read(HelloBytes.of("a.example").padding(8_000).records(2)))
                .isEqualTo(HelloState.TOO_LARGE);
        assertThat(read(bytes(22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff)))
                .as("as soon as its length shows")
                .isEqualTo(HelloState.TOO_LARGE);
    }

    private void assertRefused(HelloBytes bytes) {
        assertThat(read(bytes.record())).isEqualTo(HelloState.NOT_TLS);
    }

    private HelloState body(byte[] body) {
        return read(HelloBytes.record(HelloBytes.message(body)));
    }

    private HelloState read(byte[] bytes) {
        return hello.read(new UnsafeBuffer(bytes), 0, bytes.length);
    }
}
