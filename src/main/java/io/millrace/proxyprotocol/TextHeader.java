package io.millrace.proxyprotocol;

import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a header of version 1, one line of text; owned by no thread (pure functions).
 *
 * <p>proxy-protocol.txt, section 2.1: what does not match exactly aborts the connection.
 */
final class TextHeader {
    static final byte FIRST = 'P';

    /** The longest line, its CRLF included. */
    static final int LONGEST = 107;

    private static final byte[] PREFIX = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final String UNKNOWN = "UNKNOWN";

    private TextHeader() {}

    static int parse(ByteBuf in, ReceivedHeader into) {
        if (!HeaderParser.beginsWith(in, PREFIX)) {
            return HeaderParser.REFUSED;
        }
        int from = in.readerIndex();
        int available = Math.min(in.readableBytes(), LONGEST);
        int length = lengthBeforeLineEnd(in, from, available);
        if (length == available) {
            return available == LONGEST ? HeaderParser.REFUSED : HeaderParser.INCOMPLETE;
        }
        if (in.getByte(from + length) != '\r' || length + 2 > LONGEST) {
            return HeaderParser.REFUSED;
        }
        if (length + 1 == available) {
            return HeaderParser.INCOMPLETE;
        }
        String line = in.toString(from, length, StandardCharsets.ISO_8859_1);
        return in.getByte(from + length + 1) == '\n' && read(line.substring(PREFIX.length), into)
                ? length + 2
                : HeaderParser.REFUSED;
    }

    /** Either byte of a line end alone is none, so the first of any kind must begin the CRLF. */
    private static int lengthBeforeLineEnd(ByteBuf in, int from, int available) {
        int length = 0;
        while (length < available) {
            byte b = in.getByte(from + length);
            if (b == '\r' || b == '\n') {
                return length;
            }
            length++;
        }
        return length;
    }

    private static boolean read(String line, ReceivedHeader into) {
        if (line.equals(UNKNOWN) || line.startsWith(UNKNOWN + " ")) {
            // Whatever follows UNKNOWN is to be ignored.
            return true;
        }
        String[] words = line.split(" ", -1);
        if (words.length != 5) {
            return false;
        }
        byte[] source = address(words[0], words[1]);
        byte[] destination = address(words[0], words[2]);
        int sourcePort = number(words[3], 65_535);
        int destinationPort = number(words[4], 65_535);
        if (source == null || destination == null || sourcePort < 0 || destinationPort < 0) {
            return false;
        }
        into.relayed(source, sourcePort, destination, destinationPort);
        return true;
    }

    private static byte @Nullable [] address(String family, String text) {
        return switch (family) {
            case "TCP4" -> ipv4(text);
            case "TCP6" -> ipv6(text);
            default -> null;
        };
    }

    private static byte @Nullable [] ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] address = new byte[4];
        boolean sound = parts.length == address.length;
        for (int i = 0; sound && i < address.length; i++) {
            int octet = number(parts[i], 255);
            address[i] = (byte) octet;
            sound = octet >= 0;
        }
        return sound ? address : null;
    }

    private static byte @Nullable [] ipv6(String text) {
        if (!isOfGroups(text)) {
            return null;
        }
        try {
            return Inet6Address.ofLiteral(text).getAddress();
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /**
     * The JDK would take more digits than four, brackets and zones as well. Dots are for mapped
     * IPv4 addresses, which inet_ntop and so HAProxy write that way.
     */
    private static boolean isOfGroups(String text) {
        int digits = 0;
        boolean colon = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':' || c == '.') {
                colon |= c == ':';
                digits = 0;
            } else if (Character.digit(c, 16) < 0 || ++digits > 4) {
                return false;
            }
        }
        return colon;
    }

    /** A decimal number without leading zeros; -1 for anything else. */
    private static int number(String text, int most) {
        boolean leadingZero = text.length() > 1 && text.charAt(0) == '0';
        if (text.isEmpty() || text.length() > 5 || leadingZero) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value <= most ? value : -1;
    }
}
