package io.millrace.snapshot;

/**
 * Which bodies pass inside the kernel; immutable, safe from any thread.
 *
 * @param thresholdBytes a body of which more than this is to come is spliced
 * @param pipes pipes that one shard may use at a time; bodies beyond are copied
 */
public record SpliceSettings(long thresholdBytes, int pipes) {}
