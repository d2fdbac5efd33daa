package io.millrace.proxy;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import io.millrace.time.WallClock;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date field line, made anew at most four times a second; owned by one shard. */
@HotPath
@OwnedBy(Role.SHARD)
final class DateField {
    private static final long KEPT_NS = 250_000_000L;

    /** IMF-fixdate, RFC 9110 section 5.6.7. */
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("'Date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT\r\n'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private byte[] line = new byte[0];
    private long madeNs;

    /** The whole line with its CRLF. */
    byte[] line(long nowNs) {
        if (line.length == 0 || nowNs - madeNs > KEPT_NS) {
            line = IMF_FIXDATE.format(WallClock.now()).getBytes(StandardCharsets.US_ASCII);
            madeNs = nowNs;
        }
        return line;
    }
}
