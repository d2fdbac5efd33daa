/** Turns configuration into snapshots and publishes them; the conductor's thread. */
@NullMarked
package io.millrace.control;

import org.jspecify.annotations.NullMarked;
