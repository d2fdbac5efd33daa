/** Writes the heads that go on to origins and clients: what is kept, dropped and added. */
@NullMarked
package io.millrace.encode;

import org.jspecify.annotations.NullMarked;
