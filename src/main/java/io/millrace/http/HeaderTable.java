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
    /**
     * Cells of a field: offset and length of its name, with its id; offset and length of its value.
     */
    private static final int STRIDE = 2;

    private static final int ID_BITS = 6;
    private static final int ID_MASK = (1 << ID_BITS) - 1;

    private final long[] cells;
    private final int[] lastOf = new int[Long.SIZE];
    private int count;
    private long present;
    private long repeated;
    private boolean underscore;

    /** Makes a table with room for {@code capacity} fields. */
    public HeaderTable(int capacity) {
        cells = new long[capacity * STRIDE];
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
        lastOf[id & (Long.SIZE - 1)] = count;
        cells[cell] = pack(nameOffset, nameLength << ID_BITS | id);
        cells[cell + 1] = pack(valueOffset, valueLength);
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
        return (int) cells[field * STRIDE] & ID_MASK;
    }

    /** Where the name begins. */
    public int nameOffset(int field) {
        return (int) (cells[field * STRIDE] >>> Integer.SIZE);
    }

    /** The name's length in bytes. */
    public int nameLength(int field) {
        return (int) cells[field * STRIDE] >>> ID_BITS;
    }

    /** Where the value begins, leading white space excluded. */
    public int valueOffset(int field) {
        return (int) (cells[field * STRIDE + 1] >>> Integer.SIZE);
    }

    /** The value's length in bytes, trailing white space excluded. */
    public int valueLength(int field) {
        return (int) cells[field * STRIDE + 1];
    }

    /** The first field with this id, or -1. */
    public int indexOf(int id) {
        if (!has(id)) {
            return -1;
        }
        if (!isRepeated(id)) {
            return lastOf[id & (Long.SIZE - 1)];
        }
        int field = 0;
        while (id(field) != id) {
            field++;
        }
        return field;
    }

    private static long pack(int high, int low) {
        return (long) high << Integer.SIZE | (low & 0xffff_ffffL);
    }
}
