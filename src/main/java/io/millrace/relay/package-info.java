/** Moves bodies on in the form that the receiving side understands. */
@NullMarked
package io.millrace.relay;

import org.jspecify.annotations.NullMarked;
