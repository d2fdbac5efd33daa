/** Carries one request from its head to its log line. */
@NullMarked
package io.millrace.proxy;

import org.jspecify.annotations.NullMarked;
