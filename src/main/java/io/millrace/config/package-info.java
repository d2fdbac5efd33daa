/** Holds the configuration as records: parsing, defaults, validation; no Netty, no threads. */
@NullMarked
package io.millrace.config;

import org.jspecify.annotations.NullMarked;
