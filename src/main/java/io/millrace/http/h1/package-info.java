/** Turns bytes into the HTTP model and back for HTTP/1.1. */
@NullMarked
package io.millrace.http.h1;

import org.jspecify.annotations.NullMarked;
