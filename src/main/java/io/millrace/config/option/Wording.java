package io.millrace.config.option;

import java.util.Collection;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Words of messages: quoting what was written, and the nearest known name; owned by no thread. */
public final class Wording {
    private static final int LONGEST_QUOTE = 80;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Wording() {}

    /** The value in double quotes on one line, shortened when long. */
    public static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        int end = Math.min(text.length(), LONGEST_QUOTE);
        for (int i = 0; i < end; i++) {
            appendVisible(out, text.charAt(i));
        }
        return out.append(end < text.length() ? "…\"" : "\"").toString();
    }

    /** {@code did you mean "x"?} when a name is near enough to have been meant, else nothing. */
    public static String didYouMean(String written, Collection<String> known, String before) {
        String nearest = nearest(written, known);
        return nearest == null ? "" : before + "did you mean " + quote(nearest) + "?";
    }

    /** The known name with the smallest edit distance, or null when none is near. */
    public static @Nullable String nearest(String written, Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(2, Math.min(written.length(), LONGEST_QUOTE) / 2) + 1;
        for (String name : known) {
            int distance =
                    name.equalsIgnoreCase(written) ? 0 : distance(written, name, bestDistance);
            if (distance < bestDistance) {
                best = name;
                bestDistance = distance;
            }
        }
        return best;
    }

    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit) {
            return limit;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            nextRow(row, a.charAt(i - 1), b, i);
        }
        return row[b.length()];
    }

    private static void nextRow(int[] row, char of, String b, int first) {
        int diagonal = row[0];
        row[0] = first;
        for (int j = 1; j <= b.length(); j++) {
            int substitute = diagonal + (of == b.charAt(j - 1) ? 0 : 1);
            diagonal = row[j];
            row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
        }
    }

    private static void appendVisible(StringBuilder out, char c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            default -> {
                if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                    out.append("\\u").append(HEX.toHexDigits(c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
