package io.millrace.config;

/** Which native transport to use; owned by no thread (constants). In the file: lower case. */
public enum TransportChoice {
    AUTO,
    IO_URING,
    EPOLL
}
