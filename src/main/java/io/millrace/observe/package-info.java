/** Counts, times and logs what shards do: single writer per counter, read from anywhere. */
@NullMarked
package io.millrace.observe;

import org.jspecify.annotations.NullMarked;
