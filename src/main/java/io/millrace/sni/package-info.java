/** Reads the ClientHello at the start of a TLS stream and chooses by it where the stream goes. */
@NullMarked
package io.millrace.sni;

import org.jspecify.annotations.NullMarked;
