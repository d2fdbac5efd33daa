/** Declares the options of the process: how many shards, on what, and where its files lie. */
@NullMarked
package io.millrace.config.server;

import org.jspecify.annotations.NullMarked;
