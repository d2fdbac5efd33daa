/** Compiles routes into one position-independent image and finds the route of a request in it. */
@NullMarked
package io.millrace.route;

import org.jspecify.annotations.NullMarked;
