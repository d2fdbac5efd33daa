/** Runs one pinned thread: event loop, cached clock, end-of-turn work, mailbox, affinity. */
@NullMarked
package io.millrace.shard;

import org.jspecify.annotations.NullMarked;
