package io.millrace.route;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Layout of the slots by which children of a node and hosts are found: hash and reference, 8 bytes
 * each; pure functions, safe from any thread.
 *
 * <p>Up to {@link #LINEAR} slots are searched one by one, all of them in use. More are an
 * open-addressed table of a power of two, at most half full, probed upwards; a reference of 0 ends
 * the search.
 */
@HotPath
@OwnedBy(Role.ANY)
final class SlotLayout {
    /** Most slots that are searched in line: one cache line. */
    static final int LINEAR = 8;

    static final int STRIDE = 8;

    private SlotLayout() {}

    /** The slot to look at first. */
    static int first(int hash, int slots) {
        return slots <= LINEAR ? 0 : hash & slots - 1;
    }

    /** The slot to look at next, or -1 when the search ends. */
    static int next(int slot, int slots) {
        int next = slot + 1;
        if (slots <= LINEAR) {
            return next < slots ? next : -1;
        }
        return next & slots - 1;
    }

    static int hash(UnsafeBuffer image, int table, int slot) {
        return image.getInt(table + slot * STRIDE);
    }

    static int reference(UnsafeBuffer image, int table, int slot) {
        return image.getInt(table + slot * STRIDE + 4);
    }

    /** Puts a reference into the first free slot of its search. */
    static void insert(MutableDirectBuffer image, int table, int slots, int hash, int reference) {
        int slot = first(hash, slots);
        while (image.getInt(table + slot * STRIDE + 4) != 0) {
            slot = next(slot, slots);
        }
        image.putInt(table + slot * STRIDE, hash);
        image.putInt(table + slot * STRIDE + 4, reference);
    }
}
