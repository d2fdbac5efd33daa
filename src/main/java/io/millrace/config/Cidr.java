package io.millrace.config;

/**
 * A network as written, for instance {@code 10.0.0.0/8}; immutable, safe from any thread.
 *
 * @param address 4 or 16 bytes, bits beyond the prefix zero
 * @param prefixLength 0 to 32 or 0 to 128
 */
@SuppressWarnings("ArrayRecordComponent")
public record Cidr(byte[] address, int prefixLength) {}
