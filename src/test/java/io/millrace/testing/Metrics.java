package io.millrace.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One scrape of the metrics in Prometheus text; immutable, safe from any thread. */
public record Metrics(String text, List<Metrics.Sample> samples) {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*\\})? (\\S+)");

    /** One line; immutable, safe from any thread. */
    public record Sample(String name, String labels, double value) {}

    public Metrics {
        samples = List.copyOf(samples);
    }

    /** Reads the metrics of the admin listener at that address. */
    public static Metrics scrape(InetSocketAddress admin) throws IOException {
        Response response = TestGateway.admin(admin, "/metrics");
        if (response.status() != 200) {
            throw new AssertionError("/metrics answered " + response.status());
        }
        return parse(response.text());
    }

    static Metrics parse(String text) {
        List<Sample> samples = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher matcher = SAMPLE.matcher(line);
            if (!matcher.matches()) {
                throw new AssertionError("not a sample: " + line);
            }
            String labels = matcher.group(2) == null ? "" : matcher.group(2);
            samples.add(new Sample(matcher.group(1), labels, Double.parseDouble(matcher.group(3))));
        }
        return new Metrics(text, samples);
    }

    /**
     * The sum over all samples of that name that carry all these labels, each {@code name="value"}.
     */
    public double sum(String name, String... labels) {
        double sum = 0;
        for (Sample sample : samples) {
            if (sample.name().equals(name) && carries(sample, labels)) {
                sum += sample.value();
            }
        }
        return sum;
    }

    private static boolean carries(Sample sample, String... labels) {
        for (String label : labels) {
            if (!sample.labels().contains(label)) {
                return false;
            }
        }
        return true;
    }
}
