package io.millrace.filter;

import io.millrace.filter.limit.KeyHash;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;

/** One part of what a limit's keys are made of; immutable, safe from any thread. */
@HotPath
@OwnedBy(Role.ANY)
public sealed interface LimitKey {
    /** Adds the request's value to a key. */
    void add(FilterRequest request, KeyHash to);

    /**
     * The client's address; immutable, safe from any thread.
     *
     * @param ipv6Prefix how many bits of it tell IPv6 clients apart
     */
    record Client(int ipv6Prefix) implements LimitKey {
        private static final long MAPPED = 0xffff_0000_0000L;

        @Override
        public void add(FilterRequest request, KeyHash to) {
            long high = request.clientHigh();
            long low = request.clientLow();
            boolean v4 = high == 0 && (low & ~0xffff_ffffL) == MAPPED;
            int bits = v4 ? 2 * Long.SIZE : ipv6Prefix;
            to.add(bits >= Long.SIZE ? high : high & (-1L << (Long.SIZE - bits)));
            to.add(bits <= Long.SIZE ? 0 : low & (-1L << (2 * Long.SIZE - bits)));
        }
    }

    /** The route; immutable, safe from any thread. */
    final class Route implements LimitKey {
        private final UnsafeBuffer name;

        /** The route of this name. */
        public Route(String name) {
            this.name = new UnsafeBuffer(name.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void add(FilterRequest request, KeyHash to) {
            to.add(name);
        }
    }

    /** The first field of a name; immutable, safe from any thread. */
    final class Field implements LimitKey {
        private final byte[] lowerName;

        /** The field of this name. */
        public Field(String name) {
            this.lowerName = name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void add(FilterRequest request, KeyHash to) {
            RequestHead head = request.head();
            int field = request.field(lowerName);
            int length = field < 0 ? 0 : head.headers.valueLength(field);
            to.add(head.bytes, length == 0 ? 0 : head.headers.valueOffset(field), length);
        }
    }

    /** A parameter of the path; immutable, safe from any thread. */
    record PathParameter(int index) implements LimitKey {
        @Override
        public void add(FilterRequest request, KeyHash to) {
            int length = request.parameterLength(index);
            to.add(request.path(), length == 0 ? 0 : request.parameterOffset(index), length);
        }
    }
}
