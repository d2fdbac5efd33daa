/** Keeps connections to origins: per-shard pools, connecting, the origin side of HTTP/1.1. */
@NullMarked
package io.millrace.upstream;

import org.jspecify.annotations.NullMarked;
