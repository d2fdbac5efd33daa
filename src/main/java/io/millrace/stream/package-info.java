/** Passes bytes both ways between a client and an origin, with half-close and back-pressure. */
@NullMarked
package io.millrace.stream;

import org.jspecify.annotations.NullMarked;
