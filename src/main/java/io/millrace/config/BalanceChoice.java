package io.millrace.config;

/** How an endpoint is chosen; owned by no thread (constants). */
public enum BalanceChoice {
    ROUND_ROBIN("roundRobin"),
    LEAST_REQUEST("leastRequest"),
    RANDOM("random");

    private final String word;

    BalanceChoice(String word) {
        this.word = word;
    }

    /** As the file writes it. */
    @Override
    public String toString() {
        return word;
    }
}
