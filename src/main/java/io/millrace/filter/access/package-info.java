/** Decides who may pass: networks that are allowed or denied, and roles by method and path. */
@NullMarked
package io.millrace.filter.access;

import org.jspecify.annotations.NullMarked;
