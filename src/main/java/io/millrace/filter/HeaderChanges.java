package io.millrace.filter;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Fields that are removed, set and added in one head; immutable, safe from any thread. */
@HotPath
@OwnedBy(Role.ANY)
public final class HeaderChanges {
    private final byte[][] removed;
    private final Line[] set;
    private final Line[] added;

    /** Changes in the order of the parameters. */
    public HeaderChanges(List<String> removed, List<Line> set, List<Line> added) {
        this.removed = new byte[removed.size()][];
        for (int i = 0; i < this.removed.length; i++) {
            this.removed[i] = lower(removed.get(i));
        }
        this.set = set.toArray(new Line[0]);
        this.added = added.toArray(new Line[0]);
    }

    void apply(FilterRequest request, HeadEdits to) {
        for (byte[] name : removed) {
            to.remove(name);
        }
        for (Line line : set) {
            to.remove(line.lowerName);
            line.write(request, to);
        }
        for (Line line : added) {
            line.write(request, to);
        }
    }

    private static byte[] lower(String name) {
        return name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }

    /** One field with its value; immutable, safe from any thread. */
    public static final class Line {
        private final byte[] name;
        private final byte[] lowerName;
        private final ValueTemplate value;

        /** A field. */
        public Line(String name, ValueTemplate value) {
            this.name = name.getBytes(StandardCharsets.US_ASCII);
            this.lowerName = lower(name);
            this.value = value;
        }

        void write(FilterRequest request, HeadEdits to) {
            to.beginLine(name);
            value.writeValue(request, to);
            to.endLine();
        }
    }
}
