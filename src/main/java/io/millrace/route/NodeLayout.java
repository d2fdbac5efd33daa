package io.millrace.route;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Layout of one node of the path tree; pure functions, safe from any thread.
 *
 * <pre>
 *   0 label length   4 number of slots   8 slots   12 parameter child   16 leaf   20 catch-all leaf
 *  24 label: one or more whole segments, zero-padded to 8 bytes; leaf, catch-all leaf and slots follow
 * </pre>
 *
 * <p>What a look-up reads first lies together, so that a node with few children costs one or two
 * cache lines.
 */
@HotPath
@OwnedBy(Role.ANY)
final class NodeLayout {
    static final int SLOT_COUNT_OFFSET = 4;
    static final int SLOTS_OFFSET = 8;
    static final int PARAMETER_OFFSET = 12;
    static final int LEAF_OFFSET = 16;
    static final int CATCH_ALL_OFFSET = 20;
    static final int LABEL_OFFSET = 24;

    private NodeLayout() {}

    static int labelLength(UnsafeBuffer image, int node) {
        return image.getInt(node);
    }

    static int slotCount(UnsafeBuffer image, int node) {
        return image.getInt(node + SLOT_COUNT_OFFSET);
    }

    static int slots(UnsafeBuffer image, int node) {
        return image.getInt(node + SLOTS_OFFSET);
    }

    static int parameterChild(UnsafeBuffer image, int node) {
        return image.getInt(node + PARAMETER_OFFSET);
    }

    static int leaf(UnsafeBuffer image, int node) {
        return image.getInt(node + LEAF_OFFSET);
    }

    static int catchAll(UnsafeBuffer image, int node) {
        return image.getInt(node + CATCH_ALL_OFFSET);
    }

    static int label(int node) {
        return node + LABEL_OFFSET;
    }
}
