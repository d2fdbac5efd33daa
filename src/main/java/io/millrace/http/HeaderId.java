package io.millrace.http;

/**
 * Numbers for the field names that the proxy itself reads or writes; owned by no thread
 * (constants).
 */
public final class HeaderId {
    public static final int OTHER = 0;
    public static final int HOST = 1;
    public static final int CONNECTION = 2;
    public static final int CONTENT_LENGTH = 3;
    public static final int TRANSFER_ENCODING = 4;
    public static final int KEEP_ALIVE = 5;
    public static final int PROXY_CONNECTION = 6;
    public static final int PROXY_AUTHENTICATE = 7;
    public static final int PROXY_AUTHORIZATION = 8;
    public static final int TE = 9;
    public static final int TRAILER = 10;
    public static final int UPGRADE = 11;
    public static final int EXPECT = 12;
    public static final int X_FORWARDED_FOR = 13;
    public static final int X_FORWARDED_PROTO = 14;
    public static final int X_FORWARDED_HOST = 15;
    public static final int X_FORWARDED_PORT = 16;
    public static final int X_REAL_IP = 17;
    public static final int X_REQUEST_ID = 18;
    public static final int FORWARDED = 19;
    public static final int VIA = 20;
    public static final int ACCEPT = 21;
    public static final int DATE = 22;
    public static final int SERVER = 23;
    public static final int CONTENT_TYPE = 24;
    public static final int COOKIE = 25;
    public static final int AUTHORIZATION = 26;
    public static final int USER_AGENT = 27;
    public static final int MAX_FORWARDS = 28;
    public static final int IF_MATCH = 29;
    public static final int IF_NONE_MATCH = 30;
    public static final int IF_MODIFIED_SINCE = 31;
    public static final int IF_UNMODIFIED_SINCE = 32;
    public static final int IF_RANGE = 33;
    public static final int RANGE = 34;
    public static final int ACCEPT_ENCODING = 35;

    /** One more than the largest id. */
    public static final int COUNT = 36;

    private HeaderId() {}
}
