package io.millrace.http;

/** Numbers for request methods, usable as bit positions; owned by no thread (constants). */
public final class MethodId {
    /** Any other token. */
    public static final int OTHER = 0;

    public static final int GET = 1;
    public static final int HEAD = 2;
    public static final int POST = 3;
    public static final int PUT = 4;
    public static final int DELETE = 5;
    public static final int CONNECT = 6;
    public static final int OPTIONS = 7;
    public static final int TRACE = 8;
    public static final int PATCH = 9;

    /** One more than the largest id. */
    public static final int COUNT = 10;

    private static final String[] NAMES = {
        "OTHER", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"
    };

    private MethodId() {}

    /** The method's name as in metrics; {@code OTHER} for 0. */
    public static String name(int id) {
        return NAMES[id];
    }

    /** The id of a method's name, {@link #OTHER} when it is none of the known ones. */
    public static int of(String name) {
        for (int id = 1; id < COUNT; id++) {
            if (NAMES[id].equals(name)) {
                return id;
            }
        }
        return OTHER;
    }

    /** Whether it asks for nothing but an answer (RFC 9110, section 9.2.1). */
    public static boolean isSafe(int id) {
        return id == GET || id == HEAD || id == OPTIONS || id == TRACE;
    }

    /** Whether repeating it has no further effect (RFC 9110, section 9.2.2). */
    public static boolean isIdempotent(int id) {
        return id == GET || id == HEAD || id == PUT || id == DELETE || id == OPTIONS || id == TRACE;
    }
}
