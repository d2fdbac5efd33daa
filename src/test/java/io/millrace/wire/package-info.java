/** Replays transcripts of clients and origins on live sockets, cut at every byte. */
@NullMarked
package io.millrace.wire;

import org.jspecify.annotations.NullMarked;
