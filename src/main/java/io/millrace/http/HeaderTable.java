package io.millrace.http;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * The fields of one head as offsets into the bytes they were received in; owned by one shard.
 *
 * <p>A table is allocated once, with room for the largest head that any listener admits, and used
 * again for every head parsed on its shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class HeaderTable {
    private static final int STRIDE = 5;

    private final int[] cells;
    private int count;
    private long present;
    private long repeated;
    private boolean underscore;

    /** Makes a table with room for {@code capacity} fields. */
    public HeaderTable(int capacity) {
        cells = new int[capacity * STRIDE];
    }

    /** Forgets all fields. */
    public void clear() {
        count = 0;
        present = 0;
        repeated = 0;
        underscore = false;
    }

    /** Adds a field; false when the table is full. */
    public boolean add(int id, int nameOffset, int nameLength, int valueOffset, int valueLength) {
        int cell = count * STRIDE;
        if (cell == cells.length) {
            return false;
        }
        cells[cell] = id;
        cells[cell + 1] = nameOffset;
        cells[cell + 2] = nameLength;
        cells[cell + 3] = valueOffset;
        cells[cell + 4] = valueLength;
        count++;
        long bit = 1L << id;
        repeated |= present & bit;
        present |= bit;
        return true;
    }

    /** Notes that some name has an underscore. */
    public void markUnderscore() {
        underscore = true;
    }

    /** Whether some name has an underscore. */
    public boolean hasUnderscore() {
        return underscore;
    }

    /** Whether some field has this id. */
    public boolean has(int id) {
        return (present >>> id & 1) != 0;
    }

    /** Whether more than one field has this id. */
    public boolean isRepeated(int id) {
        return (repeated >>> id & 1) != 0;
    }

    /** How many fields there are. */
    public int count() {
        return count;
    }

    /** The {@link HeaderId} of a field, {@link HeaderId#OTHER} when its name is none of them. */
    public int id(int field) {
        return cells[field * STRIDE];
    }

    /** Where the name begins. */
    public int nameOffset(int field) {
        return cells[field * STRIDE + 1];
    }

    /** The name's length in bytes. */
    public int nameLength(int field) {
        return cells[field * STRIDE + 2];
    }

    /** Where the value begins, leading white space excluded. */
    public int valueOffset(int field) {
        return cells[field * STRIDE + 3];
    }

    /** The value's length in bytes, trailing white space excluded. */
    public int valueLength(int field) {
        return cells[field * STRIDE + 4];
    }

    /** The first field with this id, or -1. */
    public int indexOf(int id) {
        if (!has(id)) {
            return -1;
        }
        int[] c = cells;
        for (int i = 0, end = count * STRIDE; i < end; i += STRIDE) {
            if (c[i] == id) {
                return i / STRIDE;
            }
        }
        return -1;
    }
}
