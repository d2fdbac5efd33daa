package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bytes.Ascii;
import io.millrace.http.HeadLimits;
import io.millrace.http.RequestHead;
import io.millrace.http.ResponseHead;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Eight bytes at once decide as one after the other would, wherever a byte lies in its word, and
 * nothing is read behind what was received.
 */
final class HeadBoundaryTest {
    private static final int LAST_OFFSET = 16;
    private static final String BEFORE = "GET / HTTP/1.1\r\nHost: h\r\n";
    private static final String RUN = "a".repeat(LAST_OFFSET + 1);

    // Never given back: the guard is part of it.
    private final GuardedMemory memory = new GuardedMemory(Arena.global());
    private final RequestHead head = new RequestHead(100);
    private final ResponseHead answer = new ResponseHead(100);

    @Test
    void shouldAdmitInANameOnlyTokens() {
        forEachByte((at, value) -> {
            boolean colon = value == ':' && at > 0;
            String text = BEFORE + with(at, value) + ": v\r\n\r\n";
            boolean complete = parse(text) == text.length();
            assertThat(complete).as("%d at %d", value, at).isEqualTo(colon || Ascii.isToken(value));
            if (complete) {
                int end = colon ? at : RUN.length();
                assertThat(head.headers.nameLength(1)).isEqualTo(end);
                assertThat(head.underscoreInNames).isEqualTo(value == '_');
            }
        });
    }

    @Test
    void shouldAdmitInAValueNoControlBytes() {
        forEachByte((at, value) -> {
            for (String blanks : new String[] {"", " ", "\t", "  "}) {
                String text = BEFORE + "n:" + blanks + with(at, value) + "\r\n\r\n";
                boolean complete = parse(text) == text.length();
                assertThat(complete).as("%d at %d", value, at).isEqualTo(Ascii.isValue(value));
                if (complete) {
                    boolean blank = value == ' ' || value == '\t';
                    boolean trimmed = blank && (at == 0 || at == LAST_OFFSET);
                    assertThat(head.headers.valueLength(1))
                            .isEqualTo(RUN.length() - (trimmed ? 1 : 0));
                }
            }
        });
    }

    @Test
    void shouldAdmitInAReasonNoControlBytes() {
        forEachByte((at, value) -> {
            byte[] text = latin("HTTP/1.1 200 " + with(at, value) + "\r\n\r\n");
            long address = memory.place(text, text.length);
            int result = ResponseParser.parse(address, text.length, HeadLimits.DEFAULT, answer);
            assertThat(result == text.length)
                    .as("%d at %d", value, at)
                    .isEqualTo(Ascii.isValue(value));
        });
    }

    @Test
    void shouldAdmitInAPathWhatTheGrammarDoes() {
        forEachByte((at, value) -> {
            boolean escape = value == '%' && at + 2 <= LAST_OFFSET;
            boolean question = value == '?';
            String text = "GET /" + with(at, value) + " HTTP/1.1\r\nHost: h\r\n\r\n";
            boolean complete = parse(text) == text.length();
            assertThat(complete)
                    .as("%d at %d", value, at)
                    .isEqualTo(escape || question || (Ascii.isPath(value) && value != '%'));
            if (complete) {
                assertThat(head.pathLength).isEqualTo(1 + (question ? at : RUN.length()));
                assertThat(head.queryLength).isEqualTo(question ? LAST_OFFSET - at : -1);
                assertThat(head.pathNeedsNormalising)
                        .isEqualTo(escape || (value == '.' && at == 0));
            }
        });
    }

    @Test
    void shouldAdmitInAQueryWhatTheGrammarDoes() {
        forEachByte((at, value) -> {
            String text = "GET /?" + with(at, value) + " HTTP/1.1\r\nHost: h\r\n\r\n";
            boolean complete = parse(text) == text.length();
            assertThat(complete)
                    .as("%d at %d", value, at)
                    .isEqualTo(value == '%' || Ascii.isPlainQuery(value));
        });
    }

    @Test
    void shouldAdmitInAHostWhatTheGrammarDoes() {
        forEachByte((at, value) -> {
            String text = "GET / HTTP/1.1\r\nHost: " + with(at, value) + "\r\n\r\n";
            boolean blank = value == ' ' || value == '\t';
            boolean trimmed = blank && (at == 0 || at == LAST_OFFSET);
            boolean emptyPort = value == ':' && at == LAST_OFFSET;
            assertThat(parse(text) == text.length())
                    .as("%d at %d", value, at)
                    .isEqualTo(trimmed || emptyPort || Ascii.isHost(value));
        });
    }

    @Test
    void shouldReadFieldsOfAnyLengthUpToTheLastByteReceived() {
        for (int name = 1; name <= 40; name++) {
            for (int value = 0; value <= 40; value++) {
                String field = "n".repeat(name) + ": " + "v".repeat(value);
                String text = BEFORE + field + "\r\n\r\n";
                byte[] bytes = latin(text);
                for (int cut = BEFORE.length(); cut < bytes.length; cut++) {
                    assertThat(parse(bytes, cut)).isZero();
                }
                assertThat(parse(bytes, bytes.length)).isEqualTo(bytes.length);
                assertThat(head.headers.nameLength(1)).isEqualTo(name);
                assertThat(head.headers.valueLength(1)).isEqualTo(value);
            }
        }
    }

    @Test
    void shouldReadNothingBehindWhatWasReceived() {
        for (int length = 0; length <= 40; length++) {
            String run = "x".repeat(length);
            byte[] bytes =
                    latin("GET /" + run + "?" + run + " HTTP/1.1\r\nHost: h" + run + "\r\n\r\n");
            for (int cut = 0; cut < bytes.length; cut++) {
                assertThat(parse(bytes, cut)).isZero();
            }
            assertThat(parse(bytes, bytes.length)).isEqualTo(bytes.length);
        }
    }

    private int parse(String text) {
        byte[] bytes = latin(text);
        return parse(bytes, bytes.length);
    }

    private int parse(byte[] bytes, int length) {
        return RequestParser.parse(memory.place(bytes, length), length, HeadLimits.DEFAULT, head);
    }

    private static String with(int at, byte value) {
        return RUN.substring(0, at) + (char) (value & 0xff) + RUN.substring(at + 1);
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void forEachByte(Check check) {
        for (int at = 0; at <= LAST_OFFSET; at++) {
            for (int value = 0; value < 256; value++) {
                check.at(at, (byte) value);
            }
        }
    }

    /** One byte at one place; owned by one test. */
    private interface Check {
        void at(int offset, byte value);
    }
}
