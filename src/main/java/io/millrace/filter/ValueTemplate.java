package io.millrace.filter;

import io.millrace.bytes.Ascii;
import io.millrace.http.RequestHead;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.agrona.DirectBuffer;

/** A text with values of the request in it; immutable, safe from any thread. */
@HotPath
@OwnedBy(Role.ANY)
public final class ValueTemplate {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private final Part[] parts;

    private ValueTemplate(List<Part> parts) {
        this.parts = parts.toArray(new Part[0]);
    }

    /** Writes it as the value of a field. */
    public void writeValue(FilterRequest request, HeadEdits to) {
        for (Part part : parts) {
            part.write(request, to, false);
        }
    }

    /**
     * Writes it as a part of a URI: what could be taken for more than a value is percent-encoded,
     * except in parts of the request's own path, which are so already.
     */
    public void writeUri(FilterRequest request, HeadEdits to) {
        for (Part part : parts) {
            part.write(request, to, true);
        }
    }

    /** What a template is made of; immutable, safe from any thread. */
    private sealed interface Part permits Constant, PathParameter, Field, ClientAddress, Id {
        void write(FilterRequest request, HeadEdits to, boolean uri);
    }

    private static final class Constant implements Part {
        private final byte[] text;

        Constant(byte[] text) {
            this.text = text;
        }

        @Override
        public void write(FilterRequest request, HeadEdits to, boolean uri) {
            to.value(text);
        }
    }

    private record PathParameter(int index) implements Part {
        @Override
        public void write(FilterRequest request, HeadEdits to, boolean uri) {
            int length = request.parameterLength(index);
            if (length == 0) {
                return;
            }
            int from = request.parameterOffset(index);
            int end = from + length;
            // Two slashes at the beginning of a Location would name a host (RFC 3986, section 4.2).
            while (uri && from < end && request.path().getByte(from) == '/') {
                from++;
            }
            for (int i = from; i < end; i++) {
                byte b = request.path().getByte(i);
                if (uri && b != '%' && b != '/' && !Ascii.isPath(b)) {
                    encoded(b, to);
                } else {
                    to.valueByte(b);
                }
            }
        }
    }

    /** All values of a field, the second behind a comma (RFC 9110, section 5.3). */
    private static final class Field implements Part {
        private final byte[] lowerName;

        Field(byte[] lowerName) {
            this.lowerName = lowerName;
        }

        @Override
        public void write(FilterRequest request, HeadEdits to, boolean uri) {
            RequestHead head = request.head();
            int field = request.field(lowerName);
            for (boolean first = true; field >= 0; first = false) {
                if (!first) {
                    to.valueByte((byte) ',');
                }
                value(
                        head.bytes,
                        head.headers.valueOffset(field),
                        head.headers.valueLength(field),
                        to,
                        uri);
                field = request.fieldAfter(field, lowerName);
            }
        }
    }

    private record ClientAddress() implements Part {
        @Override
        public void write(FilterRequest request, HeadEdits to, boolean uri) {
            to.value(request.clientAddress());
        }
    }

    private record Id() implements Part {
        @Override
        public void write(FilterRequest request, HeadEdits to, boolean uri) {
            value(request.id(), 0, request.idLength(), to, uri);
        }
    }

    private static void value(
            DirectBuffer bytes, int offset, int length, HeadEdits to, boolean uri) {
        if (!uri) {
            to.value(bytes, offset, length);
            return;
        }
        for (int i = offset; i < offset + length; i++) {
            byte b = bytes.getByte(i);
            if (Ascii.isUnreserved(b)) {
                to.valueByte(b);
            } else {
                encoded(b, to);
            }
        }
    }

    private static void encoded(byte b, HeadEdits to) {
        to.valueByte((byte) '%');
        to.valueByte(HEX[b >>> 4 & 0xf]);
        to.valueByte(HEX[b & 0xf]);
    }

    /** Makes a template, one part after the other; used by the conductor. */
    @OwnedBy(Role.CONDUCTOR)
    public static final class Builder {
        private final List<Part> parts = new ArrayList<>();

        /** An empty template. */
        public Builder() {}

        /** Text that stands for itself. */
        public Builder text(String text) {
            parts.add(new Constant(text.getBytes(StandardCharsets.UTF_8)));
            return this;
        }

        /** The parameter of the route's path with this number. */
        public Builder pathParameter(int index) {
            parts.add(new PathParameter(index));
            return this;
        }

        /** A field of the request. */
        public Builder field(String name) {
            parts.add(new Field(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII)));
            return this;
        }

        /** The client's address. */
        public Builder clientAddress() {
            parts.add(new ClientAddress());
            return this;
        }

        /** The request's id. */
        public Builder requestId() {
            parts.add(new Id());
            return this;
        }

        /** The template. */
        public ValueTemplate build() {
            return new ValueTemplate(parts);
        }
    }
}
