package io.millrace.filter.access;

/** What a {@link CidrTree} says of an address; owned by no thread (constants). */
public enum Verdict {
    /** No network holds the address. */
    NONE("none"),
    /** The longest network that holds the address is allowed. */
    ALLOW("allow"),
    /** The longest network that holds the address is denied. */
    DENY("deny");

    private final String label;

    Verdict(String label) {
        this.label = label;
    }

    /** The short name used in logs and dumps. */
    public String label() {
        return label;
    }
}
