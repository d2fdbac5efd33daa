package io.millrace.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.ByteWriter;
import io.millrace.bytes.Text;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What filters change in one head: fields that go, lines that come, another target; owned by one
 * shard, used again for later heads.
 *
 * <p>What is written into a value comes from clients as often as from the configuration: a byte
 * that could end the line, or that is no text, becomes a space (RFC 9110, section 5.5).
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class HeadEdits {
    private static final byte[] SEPARATOR = {':', ' '};
    private static final byte[] LINE_END = {'\r', '\n'};

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private byte[][] removed = new byte[8][];
    private int removedCount;
    private byte[] lines = new byte[256];
    private int linesLength;
    private byte[] target = new byte[128];
    private int targetLength;
    private boolean targetOpen;

    /** Whether the head stays as it is. */
    public boolean isEmpty() {
        return removedCount == 0 && linesLength == 0 && targetLength == 0;
    }

    /** Forgets everything. */
    public void clear() {
        removedCount = 0;
        linesLength = 0;
        targetLength = 0;
        targetOpen = false;
    }

    /** Takes out all fields of a name, also those that were added here before. */
    public void remove(byte[] lowerName) {
        removeAdded(lowerName);
        if (removedCount == removed.length) {
            removed = Arrays.copyOf(removed, 2 * removedCount);
        }
        removed[removedCount++] = lowerName;
    }

    /** Begins a line; its value follows by {@link #value}, and {@link #endLine}. */
    public void beginLine(byte[] name) {
        targetOpen = false;
        reserveLine(name.length + SEPARATOR.length);
        putLine(name);
        putLine(SEPARATOR);
    }

    /** Ends the line. */
    public void endLine() {
        reserveLine(LINE_END.length);
        putLine(LINE_END);
    }

    /** Adds a whole line with a value that the configuration has. */
    public void addLine(byte[] name, byte[] value) {
        beginLine(name);
        value(value);
        endLine();
    }

    /** Begins another target; its bytes follow by {@link #value}. */
    public void beginTarget() {
        targetLength = 0;
        targetOpen = true;
    }

    /** Goes on with the value of the line, or with the target. */
    public void value(byte[] bytes) {
        for (byte b : bytes) {
            valueByte(b);
        }
    }

    /** Goes on with the value of the line, or with the target. */
    public void value(DirectBuffer from, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            valueByte(from.getByte(i));
        }
    }

    /** Goes on with one byte. */
    public void valueByte(byte b) {
        if (targetOpen) {
            if (targetLength == target.length) {
                target = Arrays.copyOf(target, 2 * targetLength);
            }
            target[targetLength++] = b;
            return;
        }
        reserveLine(1);
        lines[linesLength++] = Ascii.isValue(b) ? b : (byte) ' ';
    }

    /** Goes on with a number that is not negative. */
    public void decimal(long number) {
        long unit = 1;
        while (number / unit >= 10) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            valueByte((byte) ('0' + number / unit % 10));
        }
    }

    /** Whether the head's target is another one. */
    public boolean hasTarget() {
        return targetLength > 0;
    }

    /** Writes the target. */
    public void writeTarget(ByteWriter out) {
        out.put(target, 0, targetLength);
    }

    /** Whether a received field goes. */
    public boolean removes(UnsafeBuffer bytes, int nameOffset, int nameLength) {
        for (int i = 0; i < removedCount; i++) {
            if (Text.equalsIgnoreCase(bytes, nameOffset, nameLength, removed[i])) {
                return true;
            }
        }
        return false;
    }

    /** Whether fields of this name go. */
    public boolean removes(byte[] lowerName) {
        for (int i = 0; i < removedCount; i++) {
            if (Arrays.equals(removed[i], lowerName)) {
                return true;
            }
        }
        return false;
    }

    /** Writes the lines that come. */
    public void writeLines(ByteWriter out) {
        out.put(lines, 0, linesLength);
    }

    /**
     * Changes a whole head that lies at the end of a buffer with {@link #length} bytes of room.
     *
     * @param start where it begins
     */
    public void apply(ByteBuf head, int start) {
        int length = head.writerIndex() - start;
        view.wrap(head.memoryAddress() + start, length);
        int end = length - LINE_END.length;
        int from = lineEnd(0, end);
        int kept = from;
        while (from < end) {
            int next = lineEnd(from, end);
            if (!removes(view, from, nameLength(from, next))) {
                for (int i = from; i < next; i++) {
                    view.putByte(kept++, view.getByte(i));
                }
            }
            from = next;
        }
        head.writerIndex(start + kept);
        head.writeBytes(lines, 0, linesLength).writeBytes(LINE_END);
    }

    private int lineEnd(int from, int end) {
        int at = from;
        while (at < end && view.getByte(at) != '\n') {
            at++;
        }
        return Math.min(at + 1, end);
    }

    private int nameLength(int from, int end) {
        int at = from;
        while (at < end && view.getByte(at) != ':') {
            at++;
        }
        return at - from;
    }

    /** All changes in words, for people. */
    public List<String> describe() {
        List<String> changes = new ArrayList<>();
        if (hasTarget()) {
            changes.add("target " + new String(target, 0, targetLength, US_ASCII));
        }
        for (int i = 0; i < removedCount; i++) {
            changes.add("- " + new String(removed[i], US_ASCII));
        }
        for (int from = 0; from < linesLength; from = endOfLine(from)) {
            int end = endOfLine(from) - LINE_END.length;
            changes.add("+ " + new String(lines, from, end - from, US_ASCII));
        }
        return changes;
    }

    /** Bytes that target and lines take at the most. */
    public int length() {
        return targetLength + linesLength;
    }

    private void reserveLine(int length) {
        if (linesLength + length > lines.length) {
            lines = Arrays.copyOf(lines, Math.max(2 * lines.length, linesLength + length));
        }
    }

    private void putLine(byte[] bytes) {
        System.arraycopy(bytes, 0, lines, linesLength, bytes.length);
        linesLength += bytes.length;
    }

    private void removeAdded(byte[] lowerName) {
        int from = 0;
        while (from < linesLength) {
            int end = endOfLine(from);
            if (isNamed(from, lowerName)) {
                System.arraycopy(lines, end, lines, from, linesLength - end);
                linesLength -= end - from;
            } else {
                from = end;
            }
        }
    }

    private int endOfLine(int from) {
        int end = from;
        while (lines[end] != '\n') {
            end++;
        }
        return end + 1;
    }

    private boolean isNamed(int from, byte[] lowerName) {
        for (int i = 0; i < lowerName.length; i++) {
            if (Ascii.toLower(lines[from + i]) != lowerName[i]) {
                return false;
            }
        }
        return lines[from + lowerName.length] == ':';
    }
}
