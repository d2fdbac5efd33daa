/** Hides io_uring and epoll behind one enum, with the socket options that both need. */
@NullMarked
package io.millrace.transport;

import org.jspecify.annotations.NullMarked;
