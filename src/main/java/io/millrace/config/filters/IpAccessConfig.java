package io.millrace.config.filters;

import io.millrace.config.option.Option;
import io.millrace.config.syntax.Cidr;
import java.util.List;

/** From which networks clients are admitted; immutable, safe from any thread. */
public record IpAccessConfig(
        @Option(
                        doc = "Networks that are admitted; if there are any, then nobody else is.",
                        minItems = 1,
                        example = "[10.0.0.0/8, \"fd00::/8\"]")
                List<Cidr> allow,
        @Option(
                        doc =
                                "Networks that are refused. Of several that an address is in, the"
                                        + " smallest counts.",
                        minItems = 1,
                        example = "[10.1.0.0/16]")
                List<Cidr> deny) {}
