package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The grammar of RFC 9112 in regular expressions, as an opinion that is independent of the parsers; owned by no thread. */
final class NaiveHeadCheck {
    private static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
    private static final Pattern REQUEST_LINE =
            Pattern.compile(TOKEN + " (/|\\*|https?://)[\\x21-\\x7e&&[^#\"<>]]* HTTP/1\\.[0-9]", Pattern.CASE_INSENSITIVE);
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[0-9] [1-5][0-9]{2} [\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final Pattern FIELD = Pattern.compile(TOKEN + ":[\\t\\x20-\\x7e\\x80-\\xff]*");

    private NaiveHeadCheck() {}

    /** Fails unless {@code head} is a request head that leaves nothing to argue about. */
    static void request(String head) {
        String text = head.startsWith("\r\n") ? head.substring(2) : head;
        List<String> lines = lines(text);
        String line = lines.getFirst();
        assertThat(line).matches(REQUEST_LINE);
        assertThat(line).doesNotContain("%00").doesNotStartWith("CONNECT ");
        boolean old = line.endsWith("HTTP/1.0");
        long hosts = count(lines, "host");
        assertThat(hosts).as("hosts of %s", head).isBetween(old ? 0L : 1L, 1L);
        framing(lines, old);
    }

    /** Fails unless {@code head} is a response head that leaves nothing to argue about. */
    static void response(String head) {
        List<String> lines = lines(head);
        assertThat(lines.getFirst()).matches(STATUS_LINE);
        framing(lines, lines.getFirst().startsWith("HTTP/1.0"));
    }

    private static List<String> lines(String head) {
        assertThat(head).endsWith("\r\n\r\n");
        assertThat(head.indexOf("\r\n\r\n")).isEqualTo(head.length() - 4);
        String bare = head.replace("\r\n", "");
        assertThat(bare).doesNotContain("\r").doesNotContain("\n").doesNotContain("\0");
        List<String> lines = List.of(head.substring(0, head.length() - 4).split("\r\n", -1));
        for (String field : lines.subList(1, lines.size())) {
            assertThat(field).matches(FIELD);
        }
        return lines;
    }

    private static void framing(List<String> lines, boolean old) {
        long lengths = count(lines, "content-length");
        long encodings = count(lines, "transfer-encoding");
        assertThat(lengths + encodings).as("framing fields of %s", lines).isLessThanOrEqualTo(1);
        assertThat(old && encodings > 0).isFalse();
        for (String field : lines.subList(1, lines.size())) {
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                assertThat(lower).matches("content-length:[ \\t]*[0-9]{1,18}[ \\t]*");
            }
            if (lower.startsWith("transfer-encoding:")) {
                assertThat(lower).matches("transfer-encoding:[ \\t]*chunked[ \\t]*");
            }
        }
    }

    private static long count(List<String> lines, String name) {
        return lines.stream().skip(1).filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":")).count();
    }
}
