package io.millrace.observe;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.collections.Int2IntHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Counts the finished requests of one route on one listener; owned by one shard.
 *
 * <p>Counters come into being with the first request that needs them; from then on an increment is
 * a plain read and an opaque write of a known place.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class RouteCounters {
    /** Pairs of method and status per route; origins choose the status, so it must be bounded. */
    static final int MAX_STATUS_SERIES = 64;

    /** No series lies at 0: the fixed counters do. */
    private static final int UNALLOCATED = 0;

    private static final int MAX_METHODS = 16;
    private static final int MAX_STATUS = 1024;

    private final UnsafeBuffer values;
    private final RouteSeries series;
    private final Int2IntHashMap requestOffsets = new Int2IntHashMap(UNALLOCATED);
    private final int[] bucketOffsets = new int[DurationBuckets.COUNT];
    private final int durationSumOffset;
    private final int receivedOffset;
    private final int sentOffset;
    private int lastKey = -1;
    private int lastOffset;

    RouteCounters(UnsafeBuffer values, RouteSeries series) {
        this.values = values;
        this.series = series;
        durationSumOffset = series.allocate(CounterType.DURATION_SUM_NS, 0, 0);
        receivedOffset = series.allocate(CounterType.BYTES_RECEIVED, 0, 0);
        sentOffset = series.allocate(CounterType.BYTES_SENT, 0, 0);
    }

    /**
     * Accounts one request.
     *
     * @param methodId a small number for the method
     * @param status what the client was sent, 0 when nothing
     */
    public void finished(
            int methodId, int status, long durationNs, long bytesReceived, long bytesSent) {
        values.addLongOpaque(requestsOffset(methodId, status), 1);
        values.addLongOpaque(bucketOffset(DurationBuckets.indexOf(durationNs)), 1);
        values.addLongOpaque(durationSumOffset, durationNs);
        values.addLongOpaque(receivedOffset, bytesReceived);
        values.addLongOpaque(sentOffset, bytesSent);
    }

    private int requestsOffset(int methodId, int status) {
        int key = (methodId & (MAX_METHODS - 1)) * MAX_STATUS + (status & (MAX_STATUS - 1));
        if (key != lastKey) {
            int known = requestOffsets.get(key);
            lastOffset = known == UNALLOCATED ? allocateRequests(key) : known;
            lastKey = key;
        }
        return lastOffset;
    }

    private int allocateRequests(int key) {
        if (requestOffsets.size() >= MAX_STATUS_SERIES) {
            return series.shared(CounterType.REQUESTS);
        }
        int offset = series.allocate(CounterType.REQUESTS, key / MAX_STATUS, key % MAX_STATUS);
        requestOffsets.put(key, offset);
        return offset;
    }

    private int bucketOffset(int bucket) {
        int known = bucketOffsets[bucket];
        return known == UNALLOCATED ? allocateBucket(bucket) : known;
    }

    private int allocateBucket(int bucket) {
        int offset = series.allocate(CounterType.DURATION_BUCKET, bucket, 0);
        bucketOffsets[bucket] = offset;
        return offset;
    }
}
