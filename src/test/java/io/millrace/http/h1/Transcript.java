package io.millrace.http.h1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a {@code .wire} table: what is expected of which bytes; immutable, owned by no
 * thread.
 */
record Transcript(String expected, String text) {
    private static final String SEPARATOR = " | ";
    private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|[rnt\\\\])");

    /** All lines of {@code /wire/h1/name.wire} but comments. */
    static List<Transcript> load(String name) {
        try (InputStream in = Transcript.class.getResourceAsStream("/wire/h1/" + name + ".wire")) {
            if (in == null) {
                throw new AssertionError("no table " + name);
            }
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return all.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Transcript::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return expected + SEPARATOR + text.replace("\r", "\\r").replace("\n", "\\n");
    }

    private static Transcript parse(String line) {
        int separator = line.indexOf(SEPARATOR);
        if (separator < 0) {
            throw new AssertionError("no separator in: " + line);
        }
        return new Transcript(
                unescape(line.substring(0, separator)),
                unescape(line.substring(separator + SEPARATOR.length())));
    }

    private static String unescape(String escaped) {
        return ESCAPE.matcher(escaped).replaceAll(Transcript::literal);
    }

    private static String literal(MatchResult escape) {
        String code = escape.group(1);
        String plain =
                switch (code.charAt(0)) {
                    case 'r' -> "\r";
                    case 'n' -> "\n";
                    case 't' -> "\t";
                    case 'x' -> String.valueOf((char) Integer.parseInt(code.substring(1), 16));
                    default -> code;
                };
        return Matcher.quoteReplacement(plain);
    }
}
