package io.millrace.config.filters;

import io.millrace.config.option.Option;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Filters of a route or a policy, each by its kind; immutable, safe from any thread.
 *
 * <p>Requests meet them in the order of the components, whatever the order in the file.
 */
public record FiltersConfig(
        @Option(
                        doc = "Refuses clients with 403 by their networks.",
                        example = "{allow: [10.0.0.0/8], deny: [10.1.0.0/16]}")
                @Nullable IpAccessConfig ipAccess,
        @Option(
                        doc =
                                "Lets pages of other origins use this route in browsers (CORS): preflights"
                                        + " are answered here, answers get their Access-Control-* fields.",
                        example = "{origins: [\"https://app.example.com\"]}")
                @Nullable CorsConfig cors,
        @Option(
                        doc =
                                "Refuses with 403 what a browser sends for a page of a foreign origin with a"
                                        + " method that may change something (CSRF).",
                        example = "{trusted: [\"https://app.example.com\"]}")
                @Nullable OriginCheckConfig originCheck,
        @Option(
                        doc =
                                "Refuses requests that come too often. All of them must admit a request.",
                        minItems = 1,
                        example = "[{name: per-client, rate: 10/s, burst: 20}]")
                List<LimitConfig> limits,
        @Option(
                        doc = "Answers with a redirection; the route then needs no other target.",
                        example = "{location: \"https://www.example.com/\"}")
                @Nullable RedirectConfig redirect,
        @Option(
                        doc = "The origin gets another path; the query goes with it.",
                        example = "{prefix: /api, replacePrefix: /v2}")
                @Nullable RewriteConfig rewrite,
        @Option(
                        doc = "Changes the fields that the origin gets.",
                        example = "{set: {x-client: \"{client.ip}\"}, remove: [x-debug]}")
                @Nullable HeadersConfig requestHeaders,
        @Option(
                        doc = "Changes the fields that the client gets.",
                        example = "{set: {cache-control: no-store}, remove: [x-powered-by]}")
                @Nullable HeadersConfig responseHeaders) {
    /** No filter at all. */
    public static final FiltersConfig NONE =
            new FiltersConfig(null, null, null, List.of(), null, null, null, null);

    /** These filters, and of the kinds that are missing here those of a policy. */
    public FiltersConfig over(FiltersConfig policy) {
        return new FiltersConfig(
                ipAccess == null ? policy.ipAccess : ipAccess,
                cors == null ? policy.cors : cors,
                originCheck == null ? policy.originCheck : originCheck,
                limits.isEmpty() ? policy.limits : limits,
                redirect == null ? policy.redirect : redirect,
                rewrite == null ? policy.rewrite : rewrite,
                requestHeaders == null ? policy.requestHeaders : requestHeaders,
                responseHeaders == null ? policy.responseHeaders : responseHeaders);
    }
}
