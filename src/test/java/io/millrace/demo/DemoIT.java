package io.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigLoader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DemoIT {
    @Test
    void shouldWriteAConfigurationWithoutProblems() throws Exception {
        try (Demo demo = Demo.start()) {
            assertThat(ConfigLoader.load(demo.configFile()).problems()).isEmpty();
            assertThat(demo.configFile()).content().contains("127.0.0.1:" + demo.originPort());
        }
    }

    @Test
    void shouldAnswerWithTheRequestItReceived() throws Exception {
        try (DemoOrigin origin = DemoOrigin.start();
                HttpClient client = HttpClient.newHttpClient()) {
            URI target = URI.create("http://127.0.0.1:" + origin.port() + "/user/42?beta=1");
            HttpRequest request =
                    HttpRequest.newBuilder(target)
                            .header("X-Forwarded-For", "192.0.2.1")
                            .POST(HttpRequest.BodyPublishers.ofString("four"))
                            .build();
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("POST /user/42?beta=1")
                    .contains("X-forwarded-for: 192.0.2.1")
                    .contains("4 bytes of body");
        }
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        Path file;
        try (Demo demo = Demo.start()) {
            file = demo.configFile();
            Files.createDirectories(file.resolveSibling("state").resolve("tables"));
        }
        assertThat(file.getParent()).doesNotExist();
    }
}
