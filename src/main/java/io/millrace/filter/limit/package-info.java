/** Keeps rate limits exact over all shards, in mapped cells that survive a restart. */
@NullMarked
package io.millrace.filter.limit;

import org.jspecify.annotations.NullMarked;
