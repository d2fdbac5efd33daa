/** Holds the cached clock, deadlines and the timer wheel; nothing else reads the system clock. */
@NullMarked
package io.millrace.time;

import org.jspecify.annotations.NullMarked;
