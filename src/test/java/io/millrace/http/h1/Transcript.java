package io.millrace.http.h1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One line of a {@code .wire} table: what is expected of which bytes; immutable, owned by no thread. */
record Transcript(String expected, String text) {
    private static final String SEPARATOR = " | ";

    /** All lines of {@code /wire/h1/name.wire} but comments. */
    static List<Transcript> load(String name) {
        try (InputStream in = Transcript.class.getResourceAsStream("/wire/h1/" + name + ".wire")) {
            if (in == null) {
                throw new AssertionError("no table " + name);
            }
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return all.lines().filter(line -> !line.startsWith("#")).map(Transcript::parse).toList();
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
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            i++;
            switch (escaped.charAt(i)) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '\\' -> out.append('\\');
                case 'x' -> {
                    out.append((char) Integer.parseInt(escaped.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new AssertionError("unknown escape in: " + escaped);
            }
        }
        return out.toString();
    }
}
