/** Runs the whole gateway through the situations of its operation. */
@NullMarked
package io.millrace.scenario;

import org.jspecify.annotations.NullMarked;
