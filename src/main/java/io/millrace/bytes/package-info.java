/** Reads and writes bytes in place: ASCII tables, scanning, number formats over Agrona buffers. */
@NullMarked
package io.millrace.bytes;

import org.jspecify.annotations.NullMarked;
