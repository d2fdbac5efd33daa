package io.millrace.bytes;

import io.millrace.roles.HotPath;

/**
 * What each byte may be in an HTTP message, as one table look-up; owned by no thread (constants).
 *
 * <p>Sources: token and field values RFC 9110, sections 5.5 and 5.6.2; host RFC 3986, section
 * 3.2.2.
 */
@HotPath
public final class Ascii {
    public static final byte HTAB = '\t';
    public static final byte LF = '\n';
    public static final byte CR = '\r';
    public static final byte SP = ' ';

    private static final int TOKEN = 1;
    private static final int VALUE = 1 << 1;
    private static final int PATH = 1 << 2;
    private static final int PLAIN_PATH = 1 << 3;
    private static final int QUERY = 1 << 4;
    private static final int UNRESERVED = 1 << 5;
    private static final int HOST = 1 << 6;

    private static final byte[] CLASSES = new byte[256];
    private static final byte[] HEX = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            CLASSES[c] = (byte) classesOf(c);
            HEX[c] = (byte) Character.digit(c < 128 ? c : 0, 16);
        }
    }

    private Ascii() {}

    /** Whether it may stand in a method or a field name. */
    public static boolean isToken(byte b) {
        return is(b, TOKEN);
    }

    /** Whether it may stand in a field value: visible, space, tab, or above ASCII. */
    public static boolean isValue(byte b) {
        return is(b, VALUE);
    }

    /** Whether it may stand in a path, the percent sign included. */
    public static boolean isPath(byte b) {
        return is(b, PATH);
    }

    /**
     * Whether it may stand in a path and never matters to normalisation: a path byte, but no
     * percent sign and no dot.
     */
    public static boolean isPlainPath(byte b) {
        return is(b, PLAIN_PATH);
    }

    /** Whether it may stand in a query and is no percent sign. */
    public static boolean isPlainQuery(byte b) {
        return is(b, QUERY);
    }

    /** Whether it means the same with and without percent-encoding (RFC 3986, section 2.3). */
    public static boolean isUnreserved(byte b) {
        return is(b, UNRESERVED);
    }

    /** Whether it may stand in the name of a host. */
    public static boolean isHost(byte b) {
        return is(b, HOST);
    }

    /** Whether it is a control byte: below space, or DEL. */
    public static boolean isControl(byte b) {
        return (b >= 0 && b < SP) || b == 0x7f;
    }

    /** Whether it is one of 0 to 9. */
    public static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** The value of a hexadecimal digit, or -1. */
    public static int hexValue(byte b) {
        return HEX[b & 0xff];
    }

    /** The letter's lower case; any other byte unchanged. */
    public static byte toLower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    private static boolean is(byte b, int kind) {
        return (CLASSES[b & 0xff] & kind) != 0;
    }

    private static int classesOf(int c) {
        boolean visible = c > 0x20 && c < 0x7f;
        boolean alphanumeric = visible && Character.isLetterOrDigit(c);
        boolean unreserved = alphanumeric || isOneOf(c, "-._~");
        // WHATWG URLs leave the other visible bytes as they are, so browsers do send them.
        boolean query = visible && !isOneOf(c, "\"#<>");
        // A backslash is a slash to some origins, so it is no part of a path here.
        boolean path = query && c != '?' && c != '\\';
        // No comma: joined Host fields would look like one host.
        boolean host = unreserved || isOneOf(c, "!$&'()*+;=");
        return flag(alphanumeric || isOneOf(c, "!#$%&'*+-.^_`|~"), TOKEN)
                | flag(visible || c == SP || c == HTAB || c >= 0x80, VALUE)
                | flag(path, PATH)
                | flag(path && c != '%' && c != '.', PLAIN_PATH)
                | flag(query && c != '%', QUERY)
                | flag(unreserved, UNRESERVED)
                | flag(host, HOST);
    }

    private static int flag(boolean on, int kind) {
        return on ? kind : 0;
    }

    private static boolean isOneOf(int c, String set) {
        return set.indexOf(c) >= 0;
    }
}
