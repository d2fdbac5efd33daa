package io.millrace.config.filters;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which fields of a request may decide something; owned by no thread (pure functions). */
final class HeaderFields {
    /** Anybody can send these; who the client is, and which host is meant, is found otherwise. */
    private static final Set<String> UNTRUSTED =
            Set.of(
                    "forwarded",
                    "host",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-proto",
                    "x-real-ip");

    private HeaderFields() {}

    /** What is wrong with reading this field; null for nothing. */
    static @Nullable String problem(String name) {
        if (!name.matches(HeadersConfig.NAME)) {
            return "\"" + name + "\" is no name of a field";
        }
        return UNTRUSTED.contains(name.toLowerCase(Locale.ROOT))
                ? "the field "
                        + name
                        + " says what any client likes; {client.ip} is the client, as far as"
                        + " trustedProxies are believed"
                : null;
    }
}
