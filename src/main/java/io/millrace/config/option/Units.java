package io.millrace.config.option;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Durations and sizes as the file writes them, both ways; owned by no thread. */
public final class Units {
    /** For editors: every valid duration matches. */
    public static final String DURATION_PATTERN = "[0-9]+(us|ms|s|m|h|d)|0";

    /** For editors: every valid size matches. */
    public static final String SIZE_PATTERN = "[0-9]+(B|KiB|MiB|GiB|TiB)|0";

    private static final String[] DURATION_UNITS = {"d", "h", "m", "s", "ms", "us"};
    private static final long[] DURATION_MICROS = {
        86_400_000_000L, 3_600_000_000L, 60_000_000, 1_000_000, 1_000, 1
    };
    private static final String[] SIZE_UNITS = {"TiB", "GiB", "MiB", "KiB", "B"};
    private static final long[] SIZE_BYTES = {1L << 40, 1L << 30, 1L << 20, 1L << 10, 1};

    private Units() {}

    /**
     * Reads {@code 50us}, {@code 250ms}, {@code 5s}, {@code 10m}, {@code 1h}, {@code 30d} or {@code
     * 0}.
     */
    public static Duration parseDuration(String text) {
        return parseDuration(text, "10s");
    }

    /** The same; the example is what a message shows, and the unit it proposes. */
    public static Duration parseDuration(String text, String example) {
        String all = "us, ms, s, m, h, d";
        return Duration.of(
                parse(text, DURATION_UNITS, DURATION_MICROS, "duration", example, all),
                ChronoUnit.MICROS);
    }

    /** Reads {@code 512B}, {@code 64KiB}, {@code 1MiB} or {@code 0}. */
    public static long parseSize(String text) {
        return parse(text, SIZE_UNITS, SIZE_BYTES, "size", "64KiB", "B, KiB, MiB, GiB, TiB");
    }

    /** The shortest way to write a duration of whole microseconds. */
    public static String format(Duration duration) {
        return format(TimeUnit.MICROSECONDS.convert(duration), DURATION_UNITS, DURATION_MICROS);
    }

    /** The shortest way to write a size. */
    public static String format(long bytes) {
        return format(bytes, SIZE_UNITS, SIZE_BYTES);
    }

    private static String format(long value, String[] units, long[] factors) {
        for (int i = 0; i < units.length && value != 0; i++) {
            if (value % factors[i] == 0) {
                return value / factors[i] + units[i];
            }
        }
        return "0";
    }

    private static long parse(
            String text, String[] units, long[] factors, String what, String example, String all) {
        int digits = digits(text);
        String unit = text.substring(digits);
        if (digits == 0 || !looksLikeUnit(unit)) {
            throw new IllegalArgumentException(
                    Wording.quote(text)
                            + " is not a "
                            + what
                            + "; write a whole number and its unit, for instance "
                            + example
                            + " (units: "
                            + all
                            + ")");
        }
        Long value = number(text.substring(0, digits));
        int index = indexOf(units, unit);
        if (unit.isEmpty() && value != null && value == 0) {
            return 0;
        }
        if (index < 0) {
            throw new IllegalArgumentException(
                    unitMessage(text, unit, digits, units, example, all));
        }
        if (value == null || value > Long.MAX_VALUE / factors[index]) {
            throw new IllegalArgumentException(Wording.quote(text) + " is too large for a " + what);
        }
        return value * factors[index];
    }

    private static String unitMessage(
            String text, String unit, int digits, String[] units, String example, String all) {
        if (unit.isEmpty()) {
            String usual = example.substring(digits(example));
            return Wording.quote(text)
                    + " has no unit; write for instance "
                    + text
                    + usual
                    + " (units: "
                    + all
                    + ")";
        }
        String meant = meant(unit, units);
        return Wording.quote(text)
                + " has the unknown unit "
                + Wording.quote(unit)
                + (meant == null ? "" : "; write " + text.substring(0, digits) + meant)
                + " (units: "
                + all
                + ")";
    }

    /** Units of other programs, and ours in another case. */
    private static @Nullable String meant(String unit, String[] units) {
        for (String known : units) {
            boolean sameLetter = unit.length() <= 2 && unit.regionMatches(true, 0, known, 0, 1);
            if (known.equalsIgnoreCase(unit) || (sameLetter && known.length() == 3)) {
                return known;
            }
        }
        return switch (unit) {
            case "µs", "usec", "usecs" -> indexOf(units, "us") < 0 ? null : "us";
            case "sec", "secs", "second", "seconds" -> indexOf(units, "s") < 0 ? null : "s";
            case "min", "mins", "minute", "minutes" -> indexOf(units, "m") < 0 ? null : "m";
            default -> null;
        };
    }

    private static boolean looksLikeUnit(String unit) {
        for (int i = 0; i < unit.length(); i++) {
            if (!Character.isLetter(unit.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static int digits(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    private static @Nullable Long number(String digits) {
        return digits.length() > 18 ? null : Long.valueOf(digits);
    }

    private static int indexOf(String[] units, String unit) {
        for (int i = 0; i < units.length; i++) {
            if (units[i].equals(unit)) {
                return i;
            }
        }
        return -1;
    }
}
