package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Shows that scripted origins do what scripts say; owned by the test's thread. */
final class ScriptedOriginTest {
    @Test
    void shouldFollowOneScriptPerConnection() throws Exception {
        try (ScriptedOrigin origin =
                ScriptedOrigin.start(
                        connection -> {
                            connection.readRequest();
                            connection.reply("first");
                        },
                        connection -> connection.replyForever("later"))) {
            try (RawClient one = connect(origin);
                    RawClient two = connect(origin)) {
                assertThat(one.get("/a").readResponse().text()).isEqualTo("first");
                one.expectClose();
                assertThat(two.get("/b").readResponse().text()).isEqualTo("later");
                assertThat(two.get("/c").readResponse().text()).isEqualTo("later");
            }
            assertThat(origin.requests())
                    .extracting(Request::target)
                    .containsExactly("/a", "/b", "/c");
        }
    }

    @Test
    void shouldFailTheTestWhenAScriptFails() throws Exception {
        ScriptedOrigin origin =
                ScriptedOrigin.start(connection -> {
                    throw new AssertionError("not what the script expected");
                });
        try (RawClient client = connect(origin)) {
            client.expectEnd();
        }
        assertThatThrownBy(origin::close).hasMessageContaining("script failed");
    }

    @Test
    void shouldTellAResetFromAnEnd() throws Exception {
        try (ScriptedOrigin origin =
                        ScriptedOrigin.start(connection -> {
                            connection.readHead();
                            connection.reset();
                        });
                RawClient client = connect(origin)) {
            client.get("/").expectReset();
        }
    }

    private static RawClient connect(ScriptedOrigin origin) throws Exception {
        String[] parts = origin.address().split(":", -1);
        return RawClient.connect(new InetSocketAddress(parts[0], Integer.parseInt(parts[1])));
    }
}
