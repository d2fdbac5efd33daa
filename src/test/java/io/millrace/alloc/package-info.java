/** Holds the law that a steady request allocates nothing. */
@NullMarked
package io.millrace.alloc;

import org.jspecify.annotations.NullMarked;
