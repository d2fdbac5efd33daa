/**
 * Carries one request from its head to its log line: routing, balancing, forwarding, retries, error
 * replies.
 */
@NullMarked
package io.millrace.proxy;

import org.jspecify.annotations.NullMarked;
