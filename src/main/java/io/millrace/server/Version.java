package io.millrace.server;

/** The version of this build; owned by no thread (constants). */
public final class Version {
    private Version() {}

    /** As in the jar's manifest; {@code development} when run from classes. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
