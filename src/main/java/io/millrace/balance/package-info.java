/** Picks an endpoint out of an immutable set plus one shard's view of the load. */
@NullMarked
package io.millrace.balance;

import org.jspecify.annotations.NullMarked;
