package io.millrace.config;

/** How an endpoint is chosen; owned by no thread (constants). In the file: camelCase. */
public enum BalanceChoice {
    ROUND_ROBIN,
    LEAST_REQUEST,
    RANDOM
}
