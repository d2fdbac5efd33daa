package io.millrace.filter.limit;

import static io.millrace.filter.limit.CellWords.BUCKET_LENGTH;
import static io.millrace.filter.limit.CellWords.CELL_LENGTH;
import static io.millrace.filter.limit.CellWords.KEY;
import static io.millrace.filter.limit.CellWords.STATE;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The state of all limits, one cell of 16 bytes a key; safe from any thread, and from several
 * processes at once, without a lock.
 *
 * <p><b>Invariant</b>: in its bucket a key has at most one cell, and every admission is one
 * compare-and-set of that cell's state from the time it was decided on. Hence a limit is exact
 * however many threads ask. The words are described in {@link CellWords}; what happens to them:
 *
 * <ol>
 *   <li><b>Charge</b>: state {@code t} to {@code t'} by compare-and-set, where the key word names
 *       the key before and (same version) after.
 *   <li><b>Claim</b>: a state whose time is past, or an empty one, is set to a claim that holds the
 *       new tag. A past time says nothing, so its word is free to say whose the cell will be; no
 *       moment exists in which a cell is half somebody's.
 *   <li><b>Settle</b>, by whichever thread wants that key: look at the other cells of the bucket.
 *       If one is the key's already, or is claimed for it further to the front, empty this one;
 *       claims further to the back are emptied. If none is left, set the key word, then the state
 *       from the claim to the first charge.
 *   <li><b>Give up</b>: a claim holds no charge, so anyone may empty it at any time; who made it
 *       only tries again. So a claim left by kill -9 needs no recovery.
 * </ol>
 *
 * <p>Two cells of one key cannot both be settled: each was looked at after the other's claim was
 * made, or the other way round, and a claim stays until it is settled or emptied, so one of both
 * lookers saw the other's claim or cell (Purcell and Harris, "Non-blocking hashtables with open
 * addressing", 2005, from whom the order of claims is).
 *
 * <p><b>Bounded memory</b>: only a cell whose time is past is taken away, of several the longest
 * past; its key has its whole burst again, so nothing is forgotten. When all four of a bucket hold
 * something, the limit's {@code onFull} decides for the new key, and it is counted. With live keys
 * in a quarter of the cells that meets 0.4 % of new keys, in a half 5 %: so four cells a key.
 *
 * <p><b>Clock</b>: the time is the wall clock's, which alone survives a restart. Put forward, it
 * gives each key at most one burst. Put back, keys wait for at most one span of their limit (each
 * counts as emptied, {@link Decision#advance}), and a time further ahead than the longest span of
 * any limit counts as past when a cell is wanted. A shard whose clock lags by d behind another's
 * admits at most what its rate allows in d too much.
 */
@HotPath
@OwnedBy(Role.ANY)
public final class LimitCells implements AutoCloseable {
    /** 1 MiB. */
    public static final int DEFAULT_CELLS = 65_536;

    /** One bucket. */
    public static final int FEWEST_CELLS = CellWords.WAYS;

    /** 1 GiB, and as many as the key has bits for. */
    public static final int MOST_CELLS = 1 << 26;

    /** How often a claim of another key is looked at before it counts as abandoned: about 1 us. */
    private static final int PATIENCE = 64;

    private static final int NONE = -1;

    private final CellFile file;
    private final UnsafeBuffer words;
    private final int bucketBits;

    private LimitCells(CellFile file, int cells) {
        this.file = file;
        words = file.words();
        bucketBits = Integer.numberOfTrailingZeros(cells / CellWords.WAYS);
    }

    /**
     * Maps the file, which is made when it is not there, and replaced, with a line in the log, when
     * it is of another layout.
     *
     * @param cells a power of two
     */
    public static LimitCells open(Path path, int cells) throws IOException {
        if (cells < FEWEST_CELLS || cells > MOST_CELLS || Integer.bitCount(cells) != 1) {
            throw new IllegalArgumentException(
                    "limit cells: "
                            + cells
                            + " is not a power of two within "
                            + FEWEST_CELLS
                            + " to "
                            + MOST_CELLS);
        }
        return new LimitCells(CellFile.open(path, cells), cells);
    }

    /** A hash for one shard, under the random key of this file. */
    public KeyHash newKeyHash() {
        return file.newKeyHash();
    }

    /**
     * Decides one request and charges its cost if it is admitted.
     *
     * @param key of {@link KeyHash}, begun with this limit
     * @param nowEpochNs the wall clock, in nanoseconds since 1970
     * @param cost 1 or more
     * @param decision is filled; the details are there
     * @return whether it is admitted, at once or after a delay
     */
    public boolean take(long key, RateLimit limit, long nowEpochNs, int cost, Decision decision) {
        decision.begin(limit, nowEpochNs, cost);
        if (cost > limit.capacity()) {
            decision.never();
            return false;
        }
        noteSpan(limit.spanNs());
        int bucket = CellFile.HEADER_LENGTH + CellWords.bucket(key, bucketBits) * BUCKET_LENGTH;
        long tag = CellWords.tag(key);
        while (!decide(bucket, tag, limit, nowEpochNs, decision)) {
            Thread.onSpinWait(); // another thread got on meanwhile: look again
        }
        return decision.admitted();
    }

    /**
     * How many requests passed uncounted because no cell was free, ever since the file was made.
     */
    public long fullAdmitted() {
        return words.getLongVolatile(CellFile.FULL_ADMITTED);
    }

    /** How many requests were refused because no cell was free, ever since the file was made. */
    public long fullRefused() {
        return words.getLongVolatile(CellFile.FULL_REFUSED);
    }

    /** Writes the cells to the disk, which only a power cut makes necessary; blocks. */
    @Override
    public void close() {
        file.force();
    }

    /** One look at the bucket; false when it changed under the eyes. */
    private boolean decide(int bucket, long tag, RateLimit limit, long nowNs, Decision decision) {
        int free = NONE;
        int claimed = NONE;
        long freeState = 0;
        long oldestNs = Long.MAX_VALUE;
        for (int cell = bucket; cell < bucket + BUCKET_LENGTH; cell += CELL_LENGTH) {
            long state = words.getLongVolatile(cell + STATE);
            if (CellWords.isClaim(state)) {
                if (CellWords.tagOf(state) == tag) {
                    return settle(bucket, cell, state, decision);
                }
                claimed = cell;
                continue;
            }
            boolean empty = CellWords.isEmpty(state);
            if (!empty && CellWords.tagOf(words.getLongVolatile(cell + KEY)) == tag) {
                return charge(cell, state, tag, decision);
            }
            long timeNs = empty ? 0 : isImpossible(state, nowNs) ? nowNs : state;
            if (timeNs < oldestNs) {
                oldestNs = timeNs;
                free = cell;
                freeState = state;
            }
        }
        if (oldestNs <= nowNs) {
            return claim(bucket, free, freeState, tag, decision);
        }
        if (claimed != NONE) {
            return giveUp(claimed);
        }
        full(limit.onFull() == RateLimit.OnFull.ADMIT, oldestNs - nowNs, decision);
        return true;
    }

    private boolean charge(int cell, long timeNs, long tag, Decision decision) {
        long keyWord = words.getLongVolatile(cell + KEY);
        if (CellWords.tagOf(keyWord) != tag || words.getLongVolatile(cell + STATE) != timeNs) {
            return false;
        }
        long nextNs = decision.advance(timeNs);
        return nextNs == timeNs
                || (words.compareAndSetLong(cell + STATE, timeNs, nextNs)
                        && words.getLongVolatile(cell + KEY) == keyWord);
    }

    private boolean claim(int bucket, int cell, long state, long tag, Decision decision) {
        long last =
                CellWords.isEmpty(state)
                        ? CellWords.versionOf(state)
                        : CellWords.versionOf(words.getLongVolatile(cell + KEY));
        long claim = CellWords.claim(tag, last + 1);
        return words.compareAndSetLong(cell + STATE, state, claim)
                && settle(bucket, cell, claim, decision);
    }

    /** Makes a claimed cell the key's and charges it, unless the key has, or gets, another. */
    private boolean settle(int bucket, int cell, long claim, Decision decision) {
        long tag = CellWords.tagOf(claim);
        long version = CellWords.versionOf(claim);
        for (int other = bucket; other < bucket + BUCKET_LENGTH; other += CELL_LENGTH) {
            if (other != cell && !isClear(other, cell, tag)) {
                empty(cell, claim, version);
                return false;
            }
        }
        long keyWord = words.getLongVolatile(cell + KEY);
        long wanted = CellWords.keyWord(tag, version);
        if (keyWord != wanted) {
            if (!CellWords.isOlder(CellWords.versionOf(keyWord), version)) {
                empty(
                        cell,
                        claim,
                        CellWords.versionOf(keyWord)); // this version was given out before
                return false;
            }
            if (!words.compareAndSetLong(cell + KEY, keyWord, wanted)) {
                return false;
            }
        }
        return words.compareAndSetLong(cell + STATE, claim, decision.advance(0));
    }

    /** Whether another cell leaves the tag to {@code cell}; a later claim of the tag is emptied. */
    private boolean isClear(int other, int cell, long tag) {
        long state = words.getLongVolatile(other + STATE);
        if (CellWords.isEmpty(state)) {
            return true;
        }
        if (!CellWords.isClaim(state)) {
            return CellWords.tagOf(words.getLongVolatile(other + KEY)) != tag;
        }
        return CellWords.tagOf(state) != tag
                || (other > cell && empty(other, state, CellWords.versionOf(state)));
    }

    /** Waits a moment for the claim of another key, then empties the cell. */
    private boolean giveUp(int cell) {
        long claim = words.getLongVolatile(cell + STATE);
        for (int i = 0; i < PATIENCE && CellWords.isClaim(claim); i++) {
            Thread.onSpinWait();
            if (words.getLongVolatile(cell + STATE) != claim) {
                return false;
            }
        }
        if (CellWords.isClaim(claim)) {
            empty(cell, claim, CellWords.versionOf(claim));
        }
        return false;
    }

    private boolean empty(int cell, long claim, long version) {
        return words.compareAndSetLong(cell + STATE, claim, CellWords.empty(version));
    }

    private void full(boolean admit, long freeInNs, Decision decision) {
        words.getAndAddLong(admit ? CellFile.FULL_ADMITTED : CellFile.FULL_REFUSED, 1);
        decision.full(admit, freeInNs);
    }

    /** Whether a time is further ahead than any limit looks: the clock was put back since. */
    private boolean isImpossible(long timeNs, long nowNs) {
        return timeNs - nowNs > words.getLong(CellFile.LONGEST_SPAN) + Decision.CLOCK_SLACK_NS;
    }

    private void noteSpan(long spanNs) {
        long longest = words.getLong(CellFile.LONGEST_SPAN);
        while (spanNs > longest
                && !words.compareAndSetLong(CellFile.LONGEST_SPAN, longest, spanNs)) {
            longest = words.getLongVolatile(CellFile.LONGEST_SPAN);
        }
    }
}
