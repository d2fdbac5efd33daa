package io.millrace.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PublishCrashTest {
    private static final int KILLS = 10;

    @TempDir Path directory;

    @Test
    void shouldShowOneWholeGenerationAfterThePublisherWasKilledAtAnyPoint() throws Exception {
        Random random = new Random(11);
        long newest = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process publisher = publisher();
            try (BufferedReader lines = publisher.inputReader(UTF_8)) {
                assertThat(lines.readLine()).isEqualTo("publishing");
                assertThat(publisher.waitFor(random.nextInt(120), TimeUnit.MILLISECONDS)).isFalse();
            } finally {
                publisher.destroyForcibly().waitFor();
            }
            long number = wholeGeneration();
            assertThat(number).isGreaterThan(newest);
            newest = number;
        }
        try (TableStore store = TableStore.open(directory, 256 << 20);
                Generation generation = Objects.requireNonNull(store.read())) {
            long next =
                    store.publish(generation.configText().getBytes(UTF_8), generation.routeImage());
            assertThat(next).isEqualTo(newest + 1);
        }
        assertThat(wholeGeneration()).isEqualTo(newest + 1);
    }

    private long wholeGeneration() {
        try (TableStore store = TableStore.openReadOnly(directory);
                Generation generation = Objects.requireNonNull(store.read())) {
            assertThat(generation.configText())
                    .isEqualTo(PublishLoop.configText(generation.routeImage()));
            return generation.number();
        }
    }

    private Process publisher() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(PublishLoop.class.getName());
        command.add(directory.toString());
        return new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    }
}
