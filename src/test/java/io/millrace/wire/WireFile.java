package io.millrace.wire;

import io.millrace.testing.Fields;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads transcripts; owned by the thread that reads.
 *
 * <pre>
 * # a comment
 * === The sentence that the case proves.
 * listener: limits: {headerCount: 3}     further keys of the listener
 * origin: any                            the origin may be asked, whatever it gets
 * > POST / HTTP/1.1                      the client sends; a line stands for its bytes and CRLF,
 * > Host: a                              a backslash at the end leaves the CRLF out,
 * >                                      \r \n \t \0 \xHH \\ are bytes
 * >> POST / HTTP/1.1                     the origin must receive: the start,
 * >> Host: a                             fields that must be there (* for any value),
 * >> -Connection                         fields that must not, and after an empty line the body
 * &lt;&lt; HTTP/1.1 200 OK                     the origin answers, escapes as above
 * &lt;&lt;close                                and closes
 * &lt; 200                                  the client must receive, written as for the origin;
 * ---                                    parts two replies; "HEAD 200" for an answer to HEAD, "400|501" for either
 * end: close                             or cut, or open (the default)
 * </pre>
 */
final class WireFile {
    private final List<WireCase> cases = new ArrayList<>();
    private final List<String> request = new ArrayList<>();
    private final List<String> reply = new ArrayList<>();
    private final List<WireCase.Expected> replies = new ArrayList<>();
    private final List<WireCase.Exchange> exchanges = new ArrayList<>();
    private ByteArrayOutputStream client = new ByteArrayOutputStream();
    private ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private String title = "";
    private String listener = "";
    private WireCase.End end = WireCase.End.OPEN;
    private boolean originMayBeAsked;
    private boolean originCloses;

    private WireFile() {}

    static List<WireCase> parse(String text) {
        WireFile file = new WireFile();
        for (String line : text.lines().toList()) {
            file.onLine(line);
        }
        file.endCase();
        return file.cases;
    }

    private void onLine(String line) {
        if (line.startsWith("=== ")) {
            endCase();
            title = line.substring(4);
        } else if (line.startsWith(">>")) {
            if (answer.size() > 0 || originCloses) {
                endExchange();
            }
            request.add(content(line, 2));
        } else if (line.equals("<<close")) {
            originCloses = true;
        } else if (line.startsWith("<<")) {
            writeLine(content(line, 2), answer);
        } else if (line.startsWith(">")) {
            writeLine(content(line, 1), client);
        } else if (line.startsWith("<")) {
            reply.add(content(line, 1));
        } else {
            onKey(line);
        }
    }

    private void onKey(String line) {
        if (line.equals("---")) {
            endReply();
        } else if (line.startsWith("listener: ")) {
            listener = line.substring(10);
        } else if (line.equals("origin: any")) {
            originMayBeAsked = true;
        } else if (line.startsWith("end: ")) {
            end = WireCase.End.valueOf(line.substring(5).toUpperCase(java.util.Locale.ROOT));
        } else if (!line.isBlank() && !line.startsWith("#")) {
            throw new IllegalArgumentException("not a line of a transcript: " + line);
        }
    }

    private static String content(String line, int marker) {
        return line.length() == marker ? "" : line.substring(marker + 1);
    }

    private void endReply() {
        if (!reply.isEmpty()) {
            replies.add(expected(reply));
            reply.clear();
        }
    }

    private void endExchange() {
        if (!request.isEmpty() || answer.size() > 0) {
            List<String> lines = request.isEmpty() ? List.of(WireCase.Expected.ANY) : request;
            exchanges.add(
                    new WireCase.Exchange(expected(lines), answer.toByteArray(), originCloses));
            request.clear();
            answer = new ByteArrayOutputStream();
            originCloses = false;
        }
    }

    private void endCase() {
        endReply();
        endExchange();
        if (!title.isEmpty()) {
            cases.add(
                    new WireCase(
                            title,
                            listener,
                            client.toByteArray(),
                            List.copyOf(exchanges),
                            List.copyOf(replies),
                            end,
                            originMayBeAsked));
        }
        exchanges.clear();
        replies.clear();
        client = new ByteArrayOutputStream();
        listener = "";
        end = WireCase.End.OPEN;
        originMayBeAsked = false;
    }

    private static WireCase.Expected expected(List<String> lines) {
        List<Fields.Field> present = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        int i = 1;
        for (; i < lines.size() && !lines.get(i).isEmpty(); i++) {
            String line = lines.get(i);
            if (line.startsWith("-")) {
                absent.add(line.substring(1));
            } else {
                int colon = line.indexOf(':');
                present.add(
                        new Fields.Field(
                                line.substring(0, colon), line.substring(colon + 1).strip()));
            }
        }
        String body =
                i < lines.size()
                        ? String.join("\r\n", lines.subList(i + 1, lines.size()))
                        : WireCase.Expected.ANY;
        return new WireCase.Expected(
                lines.getFirst(), List.copyOf(present), List.copyOf(absent), body);
    }

    private static void writeLine(String line, ByteArrayOutputStream out) {
        int i = 0;
        while (i < line.length()) {
            char c = line.charAt(i++);
            if (c != '\\') {
                out.write(c);
                continue;
            }
            if (i == line.length()) {
                return;
            }
            i = writeEscape(line, i, out);
        }
        out.write('\r');
        out.write('\n');
    }

    private static int writeEscape(String line, int at, ByteArrayOutputStream out) {
        char c = line.charAt(at);
        switch (c) {
            case 'r' -> out.write('\r');
            case 'n' -> out.write('\n');
            case 't' -> out.write('\t');
            case '0' -> out.write(0);
            case '\\' -> out.write('\\');
            case 'x' -> {
                out.write(Integer.parseInt(line, at + 1, at + 3, 16));
                return at + 3;
            }
            default -> throw new IllegalArgumentException("not an escape: \\" + c);
        }
        return at + 1;
    }
}
