package io.millrace.http;

import io.millrace.bytes.Ascii;
import io.millrace.roles.HotPath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads and writes dates (RFC 9110, section 5.6.7); owned by no thread (pure functions).
 *
 * <p>All three forms are read: {@code Sun, 06 Nov 1994 08:49:37 GMT}, {@code Sunday, 06-Nov-94
 * 08:49:37 GMT} and {@code Sun Nov 6 08:49:37 1994}. The name of the day is not checked against the
 * date.
 */
@HotPath
public final class HttpDate {
    /** Result of {@link #parse} for what is no date. */
    public static final long NONE = Long.MIN_VALUE;

    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final byte[] MONTHS =
            "JanFebMarAprMayJunJulAugSepOctNovDec".getBytes(StandardCharsets.US_ASCII);
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int DAYS_PER_ERA = 146_097;
    private static final int DAYS_TO_1970 = 719_468;
    private static final int ASCTIME_LENGTH = 24;

    private HttpDate() {}

    /** The date as an IMF-fixdate; allocates, so not for the steady path. */
    public static String format(long epochSeconds) {
        return IMF_FIXDATE.format(Instant.ofEpochSecond(epochSeconds));
    }

    /**
     * Seconds since 1970-01-01 UTC, or {@link #NONE}.
     *
     * @param nowSeconds decides the century of a year of two digits: never more than 50 years ahead
     */
    public static long parse(UnsafeBuffer bytes, int offset, int length, long nowSeconds) {
        int end = offset + length;
        int comma = offset;
        while (comma < end && bytes.getByte(comma) != ',') {
            comma++;
        }
        if (comma == end) {
            return length == ASCTIME_LENGTH ? asctime(bytes, offset) : NONE;
        }
        int at = comma + 2;
        return switch (end - at) {
            case 24 -> fixdate(bytes, at);
            case 22 -> rfc850(bytes, at, nowSeconds);
            default -> NONE;
        };
    }

    /** {@code 06 Nov 1994 08:49:37 GMT}. */
    private static long fixdate(UnsafeBuffer b, int at) {
        if (b.getByte(at + 2) != ' ' || b.getByte(at + 6) != ' ' || !isGmt(b, at + 20)) {
            return NONE;
        }
        return date(year(b, at + 7), month(b, at + 3), two(b, at), time(b, at + 12), b, at + 11);
    }

    /** {@code 06-Nov-94 08:49:37 GMT}. */
    private static long rfc850(UnsafeBuffer b, int at, long nowSeconds) {
        int inCentury = two(b, at + 7);
        if (inCentury < 0
                || b.getByte(at + 2) != '-'
                || b.getByte(at + 6) != '-'
                || !isGmt(b, at + 18)) {
            return NONE;
        }
        int thisYear = yearOf(nowSeconds);
        int year = thisYear - thisYear % 100 + inCentury;
        if (year > thisYear + 50) {
            year -= 100;
        }
        return date(year, month(b, at + 3), two(b, at), time(b, at + 10), b, at + 9);
    }

    /** {@code Sun Nov 6 08:49:37 1994}. */
    private static long asctime(UnsafeBuffer b, int at) {
        boolean padded = b.getByte(at + 8) == ' ';
        int day = padded ? digit(b, at + 9) : two(b, at + 8);
        if (b.getByte(at + 3) != ' ' || b.getByte(at + 7) != ' ' || b.getByte(at + 19) != ' ') {
            return NONE;
        }
        return date(year(b, at + 20), month(b, at + 4), day, time(b, at + 11), b, at + 10);
    }

    private static long date(int year, int month, int day, int time, UnsafeBuffer b, int space) {
        if (year < 0 || month < 0 || day < 1 || day > 31 || time < 0 || b.getByte(space) != ' ') {
            return NONE;
        }
        return daysSince1970(year, month, day) * SECONDS_PER_DAY + time;
    }

    /** Counts in years that begin with March, so that the leap day is the last of its year. */
    private static long daysSince1970(int year, int month, int day) {
        int fromMarch = (month + 9) % 12;
        long y = fromMarch >= 10 ? year - 1 : year;
        long era = y / 400;
        long ofEra = y % 400;
        long ofYear = (153L * fromMarch + 2) / 5 + day - 1;
        return era * DAYS_PER_ERA + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - DAYS_TO_1970;
    }

    private static int yearOf(long epochSeconds) {
        // Exact but for the days around New Year, which do not matter over 50 years.
        return (int) (1970 + epochSeconds / 31_556_952);
    }

    private static int time(UnsafeBuffer b, int at) {
        int hours = two(b, at);
        int minutes = two(b, at + 3);
        int seconds = two(b, at + 6);
        boolean sound =
                hours >= 0
                        && hours < 24
                        && minutes >= 0
                        && minutes < 60
                        && seconds >= 0
                        && seconds <= 60
                        && b.getByte(at + 2) == ':'
                        && b.getByte(at + 5) == ':';
        return sound ? hours * 3600 + minutes * 60 + seconds : -1;
    }

    private static int year(UnsafeBuffer b, int at) {
        int century = two(b, at);
        int rest = two(b, at + 2);
        return century < 0 || rest < 0 ? -1 : century * 100 + rest;
    }

    /** 1 to 12, or -1. */
    private static int month(UnsafeBuffer b, int at) {
        for (int i = 0; i < MONTHS.length; i += 3) {
            if (b.getByte(at) == MONTHS[i]
                    && b.getByte(at + 1) == MONTHS[i + 1]
                    && b.getByte(at + 2) == MONTHS[i + 2]) {
                return i / 3 + 1;
            }
        }
        return -1;
    }

    private static int two(UnsafeBuffer b, int at) {
        int tens = digit(b, at);
        int ones = digit(b, at + 1);
        return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
    }

    private static int digit(UnsafeBuffer b, int at) {
        byte value = b.getByte(at);
        return Ascii.isDigit(value) ? value - '0' : -1;
    }

    private static boolean isGmt(UnsafeBuffer b, int at) {
        return b.getByte(at) == ' '
                && b.getByte(at + 1) == 'G'
                && b.getByte(at + 2) == 'M'
                && b.getByte(at + 3) == 'T';
    }
}
