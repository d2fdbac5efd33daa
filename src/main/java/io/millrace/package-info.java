/** Starts the process: arguments, configuration, server. */
@NullMarked
package io.millrace;

import org.jspecify.annotations.NullMarked;
