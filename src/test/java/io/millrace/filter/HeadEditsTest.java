package io.millrace.filter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.NoLeaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Changes of one head; owned by the test's thread. */
@ExtendWith(NoLeaks.class)
final class HeadEditsTest {
    private final HeadEdits edits = new HeadEdits();

    @Test
    void shouldNeverLetAValueEndItsLine() {
        edits.beginLine(bytes("X-A"));
        edits.value(bytes("one\r\nX-B: two\0\u007f"));
        edits.endLine();
        assertThat(edits.describe()).containsExactly("+ X-A: one  X-B: two  ");
    }

    @Test
    void shouldRemoveWhatWasAddedBeforeAndNothingElse() {
        edits.addLine(bytes("X-A"), bytes("1"));
        edits.addLine(bytes("X-Ab"), bytes("2"));
        edits.addLine(bytes("x-a"), bytes("3"));
        edits.remove(bytes("x-a"));
        assertThat(edits.describe()).containsExactly("- x-a", "+ X-Ab: 2");
    }

    @Test
    void shouldChangeAWholeHead() {
        edits.remove(bytes("server"));
        edits.addLine(bytes("X-A"), bytes("1"));
        assertThat(apply("HTTP/1.1 200 OK\r\nSERVER: a\r\nDate: b\r\nserver: c\r\n\r\n"))
                .isEqualTo("HTTP/1.1 200 OK\r\nDate: b\r\nX-A: 1\r\n\r\n");
        assertThat(apply("HTTP/1.1 204 \r\n\r\n")).isEqualTo("HTTP/1.1 204 \r\nX-A: 1\r\n\r\n");
    }

    @Test
    void shouldGrowWithWhatComes() {
        edits.beginLine(bytes("X-Long"));
        for (int i = 0; i < 10_000; i++) {
            edits.valueByte((byte) 'v');
        }
        edits.endLine();
        edits.beginTarget();
        edits.value(bytes("/" + "t".repeat(5_000)));
        assertThat(edits.length()).isEqualTo("X-Long: \r\n".length() + 10_000 + 5_001);
        edits.clear();
        assertThat(edits.isEmpty()).isTrue();
    }

    private String apply(String head) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(head.length() + edits.length());
        try {
            buffer.writeBytes(head.getBytes(ISO_8859_1));
            edits.apply(buffer, 0);
            return buffer.toString(ISO_8859_1);
        } finally {
            buffer.release();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
