/** Models HTTP messages without regard to their wire version: heads, header table, limits. */
@NullMarked
package io.millrace.http;

import org.jspecify.annotations.NullMarked;
