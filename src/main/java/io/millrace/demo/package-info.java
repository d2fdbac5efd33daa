/** Brings what the first run needs beside the gateway: an origin and a configuration. */
@NullMarked
package io.millrace.demo;

import org.jspecify.annotations.NullMarked;
