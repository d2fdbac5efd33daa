/** Builds everything once, in one visible place: start, reload, drain, stop. */
@NullMarked
package io.millrace.server;

import org.jspecify.annotations.NullMarked;
