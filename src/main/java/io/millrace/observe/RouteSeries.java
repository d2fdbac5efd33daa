package io.millrace.observe;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Allocates counters that carry one route's label, as they are first needed; owned by one shard.
 */
@OwnedBy(Role.SHARD)
final class RouteSeries {
    private final CounterAllocator allocator;
    private final UnsafeBuffer label;

    RouteSeries(CounterAllocator allocator, String label) {
        this.allocator = allocator;
        this.label = CounterAllocator.labelBytes(label);
    }

    int allocate(int type, int firstKey, int secondKey) {
        return allocator.allocate(type, firstKey, secondKey, label);
    }

    int shared(int type) {
        return allocator.shared(type);
    }
}
