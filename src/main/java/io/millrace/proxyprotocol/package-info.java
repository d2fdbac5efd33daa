/** Bytes to and from the header of the PROXY protocol, versions 1 and 2. */
@NullMarked
package io.millrace.proxyprotocol;

import org.jspecify.annotations.NullMarked;
