/** Answers operators on a local HTTP port: health, metrics, routes, upstreams, version. */
@NullMarked
package io.millrace.admin;

import org.jspecify.annotations.NullMarked;
