package io.millrace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Body;
import io.millrace.testing.ForkedGateway;
import io.millrace.testing.Metrics;
import io.millrace.testing.OriginConnection;
import io.millrace.testing.RawClient;
import io.millrace.testing.Request;
import io.millrace.testing.Response;
import io.millrace.testing.ScriptedOrigin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that refuses splice(2), played by strace(1); owned by the test's thread. */
final class SpliceFallbackIT {
    private static final int LARGE = 4 << 20;

    @TempDir Path directory;

    @Test
    void shouldCopyWhatTheKernelDoesNotSpliceOncePerConnection() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin = ScriptedOrigin.start(SpliceFallbackIT::echo)) {
            file.write(origin, 1);
            try (ForkedGateway gateway = ForkedGateway.run(file.path(), file.adminPort());
                    Refusal _ = Refusal.begin(gateway, "1+");
                    RawClient client = RawClient.connect(file.address())) {
                for (int i = 0; i < 3; i++) {
                    exchange(client, i);
                }
                Metrics metrics = gateway.metrics();
                // The first upload finds out, for the client's connection and the origin's.
                assertThat(metrics.sum("millrace_splice_fallback_total")).isEqualTo(1);
                assertThat(metrics.sum("millrace_splice_bytes_total")).isZero();
                assertThat(metrics.sum("millrace_copied_body_bytes_total")).isEqualTo(6.0 * LARGE);
                assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
            }
        }
    }

    @Test
    void shouldCopyATunnelThatTheKernelDoesNotSplice() throws Exception {
        ProcessFile file = ProcessFile.in(directory);
        Body body = Body.random(9, LARGE);
        try (ScriptedOrigin origin = ScriptedOrigin.start(connection -> connection.echo())) {
            file.write(origin, 1);
            try (ForkedGateway gateway = ForkedGateway.run(file.path(), file.adminPort());
                    Refusal _ = Refusal.begin(gateway, "1+")) {
                for (int i = 1; i <= 2; i++) {
                    passThrough(file, body);
                    Metrics metrics = gateway.metrics();
                    // Both directions find out, the tunnel counts once.
                    assertThat(metrics.sum("millrace_splice_fallback_total")).isEqualTo(i);
                    assertThat(metrics.sum("millrace_splice_bytes_total")).isZero();
                    assertThat(metrics.sum("millrace_copied_body_bytes_total"))
                            .isEqualTo(2.0 * i * LARGE);
                    assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
                }
            }
        }
    }

    @Test
    void shouldEndTheChunkThatCannotBeSpliced() throws Exception {
        Body body = Body.random(3, LARGE);
        ProcessFile file = ProcessFile.in(directory);
        try (ScriptedOrigin origin =
                ScriptedOrigin.start(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.0 200 OK\r\n\r\n");
                    body.sendTo(connection);
                })) {
            file.write(origin, 1);
            // The first call fills the pipe: the client has been told of a chunk when it fails.
            try (ForkedGateway gateway = ForkedGateway.run(file.path(), file.adminPort());
                    Refusal _ = Refusal.begin(gateway, "2+");
                    RawClient client = RawClient.connect(file.address())) {
                Response head = client.get("/").reader().readResponseHead();
                Body.Digest digest = new Body.Digest();
                client.reader().copyResponseBody(head, "GET", digest);
                assertThat(digest.hex()).isEqualTo(body.hex());
                Metrics metrics = gateway.metrics();
                assertThat(metrics.sum("millrace_splice_fallback_total")).isEqualTo(1);
                assertThat(metrics.sum("millrace_copied_body_bytes_total")).isEqualTo(LARGE);
                assertThat(metrics.sum("millrace_pipe_pool_in_use")).isZero();
            }
        }
    }

    private static void passThrough(ProcessFile file, Body body) throws IOException {
        try (RawClient client = RawClient.connect(file.tunnelAddress())) {
            body.streamInBackground(client);
            Body.Digest digest = new Body.Digest();
            client.reader().copyToEnd(digest);
            assertThat(digest.hex()).isEqualTo(body.hex());
        }
    }

    private static void exchange(RawClient client, int seed) throws Exception {
        Body body = Body.random(seed, LARGE);
        Body.Sending sending = body.sendInBackground(client);
        Response head = client.reader().readResponseHead();
        Body.Digest digest = new Body.Digest();
        client.reader().copyResponseBody(head, "POST", digest);
        assertThat(digest.hex()).isEqualTo(body.hex());
        sending.join();
    }

    /** Reads the whole request and then answers with its body. */
    private static void echo(OriginConnection connection) throws IOException {
        while (true) {
            Request head = connection.readHead();
            int length = Integer.parseInt(head.header("content-length"));
            byte[] body = connection.reader().readExactly(length);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            connection.send(body);
        }
    }

    /** Makes calls of splice(2) in a process fail, by their number, until it is closed. */
    private record Refusal(Process strace) implements AutoCloseable {
        static Refusal begin(ForkedGateway gateway, String calls) throws IOException {
            Process strace =
                    new ProcessBuilder(
                                    "strace",
                                    "-f",
                                    "-e",
                                    "trace=splice",
                                    "-e",
                                    "inject=splice:error=EINVAL:when=" + calls,
                                    "-p",
                                    Long.toString(gateway.pid()))
                            .redirectErrorStream(true)
                            .start();
            BufferedReader said =
                    new BufferedReader(
                            new InputStreamReader(strace.getInputStream(), StandardCharsets.UTF_8));
            assertThat(said.readLine()).contains("attached");
            Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
            return new Refusal(strace);
        }

        @Override
        public void close() {
            strace.destroy();
            strace.onExit().join();
        }
    }
}
