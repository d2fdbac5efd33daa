package io.millrace.config.filters;

import io.millrace.config.option.Option;
import java.util.List;

/** Which pages may have a browser change something; immutable, safe from any thread. */
public record OriginCheckConfig(
        @Option(
                        doc =
                                "Origins besides the one that the request is for, whose pages may do so.",
                        minItems = 1,
                        example = "[\"https://app.example.com\"]",
                        pattern = ORIGIN,
                        patternHint = "an origin such as https://app.example.com")
                List<String> trusted) {
    /** RFC 6454, section 7: scheme, host and port, without a slash behind them. */
    static final String ORIGIN = "[a-z][a-z0-9+.-]*://[a-z0-9._~\\[\\]:-]+";
}
