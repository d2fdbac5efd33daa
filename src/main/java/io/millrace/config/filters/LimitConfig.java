package io.millrace.config.filters;

import io.millrace.config.option.Option;
import io.millrace.config.syntax.Cidr;
import io.millrace.config.syntax.Rate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One limit on how often requests are admitted; immutable, safe from any thread. */
public record LimitConfig(
        @Option(
                        doc =
                                "The limit's name, under which its state is kept, also over restarts: where"
                                        + " several routes name the same, they share it.",
                        required = true,
                        example = "per-client",
                        pattern = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
                        patternHint =
                                "a name of at most 64 letters, digits, dots, hyphens and underscores")
                String name,
        @Option(
                        doc = "How many requests a key may make in the long run.",
                        required = true,
                        example = "10/s")
                Rate rate,
        @Option(
                        doc = "How many it may make at once after a pause (token bucket).",
                        defaultValue = "1",
                        min = "1",
                        max = "1000000")
                int burst,
        @Option(
                        doc =
                                "What a key is made of: client (the address), route, header.NAME, path.NAME."
                                        + " A request that lacks one counts with all others that do.",
                        defaultValue = "[client]",
                        minItems = 1,
                        pattern = "client|route|(header|path)\\..+",
                        patternHint = "client, route, header.NAME or path.NAME")
                List<String> key,
        @Option(
                        doc = "IPv6 clients are told apart by so many bits of their addresses.",
                        defaultValue = "64",
                        min = "1",
                        max = "128")
                int ipv6Prefix,
        @Option(
                        doc = "How many requests one counts for.",
                        defaultValue = "1",
                        min = "1",
                        max = "1000000")
                int cost,
        @Option(doc = "Clients that are not limited.", minItems = 1, example = "[10.0.0.0/8]")
                List<Cidr> exempt,
        @Option(
                        doc =
                                "What becomes of a key for which there is no room among those of which the"
                                        + " state is kept: admit or refuse.",
                        defaultValue = "admit")
                OnFull onFull,
        @Option(doc = "Status of the refusal.", defaultValue = "429", min = "400", max = "599")
                int status,
        @Option(
                        doc = "Body of the refusal; the uniform error when left out.",
                        example = "\"slow down\"")
                @Nullable String body,
        @Option(
                        doc = "Content type of that body.",
                        onlyWith = "body",
                        pattern = "[\\x20-\\x7E]{1,255}",
                        patternHint = "a media type such as text/plain",
                        defaultValue = "text/plain; charset=utf-8")
                String contentType,
        @Option(
                        doc =
                                "Fields that tell clients how far they are: off, draft (RateLimit and"
                                        + " RateLimit-Policy) or legacy (X-RateLimit-*). Of several limits of"
                                        + " a route each has its own.",
                        defaultValue = "off")
                RateLimitHeaders rateLimitHeaders) {
    /** Towards whom a full table errs; owned by no thread (constants). */
    public enum OnFull {
        ADMIT("admit"),
        REFUSE("refuse");

        private final String word;

        OnFull(String word) {
            this.word = word;
        }

        /** As the file writes it. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** Which fields are sent; owned by no thread (constants). */
    public enum RateLimitHeaders {
        OFF("off"),
        DRAFT("draft"),
        LEGACY("legacy");

        private final String word;

        RateLimitHeaders(String word) {
            this.word = word;
        }

        /** As the file writes it. */
        @Override
        public String toString() {
            return word;
        }
    }
}
