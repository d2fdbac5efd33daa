/**
 * Holds the tools of the black-box tests: a gateway in front of scripted origins, raw clients, an
 * independent HTTP reader.
 */
@NullMarked
package io.millrace.testing;

import org.jspecify.annotations.NullMarked;
