package io.millrace.filter.limit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.filter.limit.RateLimit.OnFull;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LimitCellsCrashTest {
    private static final int KILLS = 8;
    private static final long HOUR = 3_600_000_000_000L;

    @TempDir Path directory;

    @Test
    void shouldKnowWhatWasTakenAndWorkOnAfterAKillAtAnyPoint() throws Exception {
        Random random = new Random(11);
        Path file = directory.resolve("limits.cells");
        for (int kill = 0; kill < KILLS; kill++) {
            Process taker = taker(file, TakeLoop.START + kill * HOUR);
            try (BufferedReader lines = taker.inputReader(UTF_8)) {
                assertThat(lines.readLine()).isEqualTo("taking");
                assertThat(taker.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS)).isFalse();
            } finally {
                taker.destroyForcibly().waitFor();
            }
            LimitCells cells = LimitCells.open(file, TakeLoop.CELLS);
            Decision decision = new Decision();
            assertThat(cells.take(1, TakeLoop.STANDING, TakeLoop.START + kill, 1, decision))
                    .as("what key 1 had used up before the kill")
                    .isFalse();
            assertThat(decision.counted()).isTrue();
            assertEveryKeyIsExact(cells, TakeLoop.START + kill * HOUR + HOUR / 2);
        }
    }

    private static void assertEveryKeyIsExact(LimitCells cells, long nowNs) {
        RateLimit limit =
                RateLimit.tokenBucket("passing", 10, Duration.ofSeconds(1), 5, OnFull.ADMIT);
        Decision decision = new Decision();
        for (int key = 2; key < 2 + TakeLoop.KEYS; key++) {
            int admitted = 0;
            for (int i = 0; i < 20; i++) {
                admitted +=
                        cells.take(key, limit, nowNs + key * 1_000_000_000L, 1, decision) ? 1 : 0;
                assertThat(decision.counted()).isTrue();
            }
            assertThat(admitted).isEqualTo(5);
        }
    }

    private static Process taker(Path file, long startNs) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(TakeLoop.class.getName());
        command.add(file.toString());
        command.add(Long.toString(startNs));
        return new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    }
}
