package io.millrace.config.syntax;

import org.jspecify.annotations.Nullable;

/** Says what is wrong with a route's host; owned by no thread. */
public final class HostSyntax {
    private HostSyntax() {}

    /** What is wrong and what would be right, to follow the quoted host; null when it is right. */
    public static @Nullable String problem(String host) {
        if (host.equals("*")) {
            return "stands for every host; leave hosts out instead";
        }
        String name = host.startsWith("*.") ? host.substring(2) : host;
        if (name.indexOf('*') >= 0) {
            return "has a * elsewhere than in front; write \"*.example.com\"";
        }
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed && AddressSyntax.isIpv6(host.substring(1, host.length() - 1))) {
            return null;
        }
        if (AddressSyntax.isIpv6(host)) {
            return "needs brackets, as clients send them: \"[" + host + "]\"";
        }
        int colon = host.lastIndexOf(':');
        if (colon >= 0) {
            return "is not a host; write it without scheme and port, for instance api.example.com";
        }
        boolean literal = name.equals(host) && AddressSyntax.isIpv4(host);
        return literal || (AddressSyntax.isHostName(name) && !name.endsWith("."))
                ? null
                : "is not a host; write for instance api.example.com or \"*.example.com\"";
    }
}
