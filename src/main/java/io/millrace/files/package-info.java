/** Serves files: finds, opens and keeps them off the shard, and decides what a request gets. */
@NullMarked
package io.millrace.files;

import org.jspecify.annotations.NullMarked;
