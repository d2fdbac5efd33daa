package io.millrace.cli;

import java.util.List;

/** Builds one JSON document from start to end; owned by the main thread. */
final class JsonText {
    private final StringBuilder out = new StringBuilder();
    private boolean separate;

    JsonText open(char bracket) {
        item().append(bracket);
        separate = false;
        return this;
    }

    JsonText close(char bracket) {
        out.append(bracket);
        separate = true;
        return this;
    }

    JsonText key(String name) {
        quote(item(), name).append(':');
        separate = false;
        return this;
    }

    JsonText number(long value) {
        item().append(value);
        return this;
    }

    JsonText text(String value) {
        quote(item(), value);
        return this;
    }

    JsonText texts(List<String> values) {
        open('[');
        values.forEach(this::text);
        return close(']');
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private StringBuilder item() {
        if (separate) {
            out.append(',');
        }
        separate = true;
        return out;
    }

    private static StringBuilder quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00")
                        .append(Character.forDigit(c >> 4, 16))
                        .append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        return out.append('"');
    }
}
