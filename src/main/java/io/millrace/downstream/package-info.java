/** Accepts clients: binds, reads heads off client connections, and hands them up. */
@NullMarked
package io.millrace.downstream;

import org.jspecify.annotations.NullMarked;
