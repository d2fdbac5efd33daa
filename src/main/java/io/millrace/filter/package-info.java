/** Decides about requests before they go on: one class for each filter, in one ordered chain. */
@NullMarked
package io.millrace.filter;

import org.jspecify.annotations.NullMarked;
