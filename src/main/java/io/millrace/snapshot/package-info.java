/** Bundles what a shard runs on, immutable, built by the control plane. */
@NullMarked
package io.millrace.snapshot;

import org.jspecify.annotations.NullMarked;
