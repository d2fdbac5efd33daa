package io.millrace.files;

import io.millrace.bytes.Ascii;
import io.millrace.bytes.Text;
import io.millrace.http.ListElements;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a client says of content codings (RFC 9110, section 12.5.3); owned by one shard, used again
 * for later requests.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class Acceptance {
    private static final int UNSAID = -1;
    private static final int MOST = 1000;
    private static final byte[] X_GZIP = "x-gzip".getBytes(StandardCharsets.US_ASCII);
    private static final byte[][] TOKENS = new byte[Coding.COUNT][];

    static {
        for (int i = 0; i < TOKENS.length; i++) {
            TOKENS[i] = Coding.of(i).token().getBytes(StandardCharsets.US_ASCII);
        }
    }

    private final int[] weights = new int[Coding.COUNT];
    private int others;

    Acceptance() {
        clear();
    }

    /** Begins anew: nothing is said. */
    void clear() {
        Arrays.fill(weights, UNSAID);
        others = UNSAID;
    }

    /** Takes one Accept-Encoding field; elements that are malformed say nothing. */
    void add(UnsafeBuffer bytes, int offset, int length) {
        int end = offset + length;
        int at = ListElements.next(bytes, offset, end);
        while (at < end) {
            int elementEnd = ListElements.end(bytes, at, end);
            element(bytes, at, elementEnd);
            at = ListElements.next(bytes, elementEnd, end);
        }
    }

    private void element(UnsafeBuffer bytes, int from, int end) {
        int nameEnd = from;
        while (nameEnd < end && Ascii.isToken(bytes.getByte(nameEnd))) {
            nameEnd++;
        }
        int weight = weight(bytes, nameEnd, end);
        int length = nameEnd - from;
        if (weight < 0) {
            return;
        }
        if (length == 1 && bytes.getByte(from) == '*') {
            others = weight;
            return;
        }
        for (int i = 0; i < TOKENS.length; i++) {
            if (Text.equalsIgnoreCase(bytes, from, length, TOKENS[i])) {
                weights[i] = weight;
            }
        }
        if (Text.equalsIgnoreCase(bytes, from, length, X_GZIP)) {
            weights[Coding.GZIP.ordinal()] = weight;
        }
    }

    /** The weight in thousandths: {@code ;q=0.5}, 1000 when there is none, -1 for anything else. */
    private static int weight(UnsafeBuffer bytes, int from, int end) {
        int at = skipBlanks(bytes, from, end);
        if (at == end) {
            return MOST;
        }
        if (bytes.getByte(at) != ';') {
            return -1;
        }
        at = skipBlanks(bytes, at + 1, end);
        if (at + 2 >= end
                || Ascii.toLower(bytes.getByte(at)) != 'q'
                || bytes.getByte(at + 1) != '=') {
            return -1;
        }
        return qvalue(bytes, at + 2, end);
    }

    /** {@code 0.123} or {@code 1.000}, with no more than three decimals (section 12.4.2). */
    private static int qvalue(UnsafeBuffer bytes, int from, int end) {
        int whole = bytes.getByte(from) - '0';
        int digits = end - from - 2;
        if (whole < 0 || whole > 1 || digits > 3) {
            return -1;
        }
        if (end - from >= 2 && bytes.getByte(from + 1) != '.') {
            return -1;
        }
        int value = whole;
        for (int i = 0; i < 3; i++) {
            int digit = i < digits ? bytes.getByte(from + 2 + i) - '0' : 0;
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value <= MOST ? value : -1;
    }

    private static int skipBlanks(UnsafeBuffer bytes, int from, int end) {
        int at = from;
        while (at < end && (bytes.getByte(at) == Ascii.SP || bytes.getByte(at) == Ascii.HTAB)) {
            at++;
        }
        return at;
    }

    /**
     * The file that suits best: of those with the greatest weight the first by the order of {@link
     * Coding}. Whoever accepts none of them gets the one without a coding all the same, as the RFC
     * has it.
     */
    OpenFile choose(FileEntry entry) {
        OpenFile best = entry.file(Coding.IDENTITY);
        int bestWeight = weightOfIdentity();
        for (int i = Coding.IDENTITY.ordinal() - 1; i >= 0; i--) {
            OpenFile file = entry.file(Coding.of(i));
            int weight = weights[i] == UNSAID ? Math.max(0, others) : weights[i];
            if (file != null && weight > 0 && weight >= bestWeight) {
                best = file;
                bestWeight = weight;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("no file in an entry of kind " + entry.kind());
        }
        return best;
    }

    /** What is not spoken of is acceptable without a coding, but anything else is preferred. */
    private int weightOfIdentity() {
        int said = weights[Coding.IDENTITY.ordinal()];
        return said == UNSAID ? 0 : said;
    }
}
