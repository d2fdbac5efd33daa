package io.millrace.encode;

import io.millrace.http.HeaderId;
import io.millrace.http.HeaderTable;
import io.millrace.http.RequestHead;
import io.millrace.snapshot.CidrSet;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;

/**
 * Walks X-Forwarded-For from the right to the first address that is no trusted proxy; owned by no
 * thread (pure functions).
 *
 * <p>Only requests from trusted proxies come here, so it may allocate.
 */
public final class ForwardedChain {
    /** An IPv4-mapped IPv6 address, as INET6_ADDRSTRLEN counts it. */
    private static final int LONGEST_ADDRESS = 45;

    private ForwardedChain() {}

    static boolean isV6(byte[] addressText) {
        for (byte b : addressText) {
            if (b == ':') {
                return true;
            }
        }
        return false;
    }

    /**
     * The client's address as {@code offset << 32 | length} into the head; the leftmost address
     * when all are trusted; -1 when there is none or the first one met is not an address.
     */
    public static long firstUntrusted(RequestHead head, CidrSet trustedProxies) {
        HeaderTable fields = head.headers;
        long last = -1;
        for (int field = fields.count() - 1; field >= 0; field--) {
            if (fields.id(field) != HeaderId.X_FORWARDED_FOR) {
                continue;
            }
            int start = fields.valueOffset(field);
            int end = start + fields.valueLength(field);
            while (end > start) {
                int from = end;
                while (from > start && head.bytes.getByte(from - 1) != ',') {
                    from--;
                }
                long element = trimmed(head, from, end);
                byte[] address = address(head, element);
                if (address == null) {
                    return last;
                }
                last = element;
                if (!trustedProxies.contains(address)) {
                    return last;
                }
                end = from - 1;
            }
        }
        return last;
    }

    private static long trimmed(RequestHead head, int from, int end) {
        int a = from;
        int b = end;
        while (a < b && head.bytes.getByte(a) <= ' ') {
            a++;
        }
        while (b > a && head.bytes.getByte(b - 1) <= ' ') {
            b--;
        }
        return (long) a << 32 | (b - a);
    }

    private static byte @org.jspecify.annotations.Nullable [] address(
            RequestHead head, long element) {
        int length = (int) element;
        if (length > LONGEST_ADDRESS) {
            return null;
        }
        byte[] text = new byte[length];
        head.bytes.getBytes((int) (element >>> 32), text);
        String written = new String(text, StandardCharsets.ISO_8859_1);
        boolean plain = written.indexOf('%') < 0 && written.indexOf('[') < 0;
        return plain ? NetUtil.createByteArrayFromIpAddressString(written) : null;
    }
}
