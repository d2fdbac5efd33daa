package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.millrace.testing.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays every transcript under {@code wire}, whole and cut at every byte; owned by the test's
 * thread.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
@ExtendWith(NoLeaks.class)
final class WireTest {
    private static final List<String> FEATURES =
            List.of("smuggling", "framing", "forwarding", "responses");

    private final Transport transport;

    WireTest(Transport transport) {
        this.transport = transport;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldHoldWhereverTheBytesAreCut(WireCase wire) throws Exception {
        try (WireReplay replay = new WireReplay(wire, transport)) {
            replay.replayWhole();
            replay.replayEveryClientCut();
            replay.replayEveryOriginCut();
        }
    }

    static List<WireCase> cases() throws IOException {
        List<WireCase> cases = FEATURES.stream().flatMap(WireTest::casesOf).toList();
        assertThat(cases).extracting(WireCase::title).doesNotHaveDuplicates();
        return cases;
    }

    private static Stream<WireCase> casesOf(String feature) {
        try {
            Path directory =
                    Path.of(
                            Objects.requireNonNull(
                                            WireTest.class.getResource("/wire/" + feature), feature)
                                    .toURI());
            try (Stream<Path> files = Files.list(directory)) {
                return files
                        .filter(file -> file.toString().endsWith(".wire"))
                        .sorted()
                        .flatMap(file -> WireFile.parse(read(file)).stream())
                        .toList()
                        .stream();
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
