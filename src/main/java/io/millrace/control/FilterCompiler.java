package io.millrace.control;

import io.millrace.config.GatewayConfig;
import io.millrace.config.RouteConfig;
import io.millrace.config.filters.CorsConfig;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.config.filters.HeadersConfig;
import io.millrace.config.filters.RedirectConfig;
import io.millrace.config.filters.RewriteConfig;
import io.millrace.config.syntax.TemplateSyntax;
import io.millrace.filter.Cors;
import io.millrace.filter.Filter;
import io.millrace.filter.FilterChain;
import io.millrace.filter.HeaderChanges;
import io.millrace.filter.OriginCheck;
import io.millrace.filter.OriginSet;
import io.millrace.filter.PathRewrite;
import io.millrace.filter.PrefixRewrite;
import io.millrace.filter.Redirect;
import io.millrace.filter.RequestHeaders;
import io.millrace.filter.ResponseHeaders;
import io.millrace.filter.RouteFilters;
import io.millrace.filter.ValueTemplate;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compiles what routes and policies say of filters into chains; used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
public final class FilterCompiler {
    private final List<String> parameters;

    private FilterCompiler(List<String> parameters) {
        this.parameters = parameters;
    }

    /** The chains of all routes, in the order of the configuration. */
    public static RouteFilters compile(GatewayConfig config) {
        return new RouteFilters(
                config.routes().stream().map(route -> chain(config, route)).toList());
    }

    /**
     * The filters of a route with those of its policy, in the order in which requests meet them.
     */
    public static FilterChain chain(GatewayConfig config, RouteConfig route) {
        FiltersConfig filters = filtersOf(config, route);
        if (filters.equals(FiltersConfig.NONE)) {
            return FilterChain.NONE;
        }
        return new FilterCompiler(TemplateSyntax.parameters(route.path())).chain(filters);
    }

    private static FiltersConfig filtersOf(GatewayConfig config, RouteConfig route) {
        FiltersConfig shared = FiltersConfig.NONE;
        for (String name : route.policies()) {
            shared = Objects.requireNonNull(config.policies().get(name), name).over(shared);
        }
        return route.filters().over(shared);
    }

    /** The order is by kind, so that the order of the file never decides what is safe. */
    private FilterChain chain(FiltersConfig of) {
        List<Filter> chain = new ArrayList<>();
        // The fields of answers come first, for refusals have them too.
        HeadersConfig toClient = of.responseHeaders();
        if (toClient != null) {
            chain.add(new ResponseHeaders(changes(toClient)));
        }
        if (of.cors() != null) {
            chain.add(cors(of.cors()));
        }
        if (of.originCheck() != null) {
            chain.add(new OriginCheck(new OriginSet(of.originCheck().trusted())));
        }
        if (of.redirect() != null) {
            chain.add(redirect(of.redirect()));
        }
        if (of.rewrite() != null) {
            chain.add(rewrite(of.rewrite()));
        }
        HeadersConfig toOrigin = of.requestHeaders();
        if (toOrigin != null) {
            chain.add(new RequestHeaders(changes(toOrigin)));
        }
        return new FilterChain(chain);
    }

    private static Cors cors(CorsConfig cors) {
        return new Cors(
                new OriginSet(cors.origins()),
                cors.methods(),
                cors.headers(),
                cors.exposed(),
                cors.credentials(),
                cors.maxAge().toSeconds());
    }

    private Redirect redirect(RedirectConfig redirect) {
        return new Redirect(
                redirect.status(),
                template(redirect.location()),
                redirect.location().indexOf('?') < 0);
    }

    private Filter rewrite(RewriteConfig rewrite) {
        String path = rewrite.path();
        String prefix = rewrite.prefix();
        return prefix == null
                ? new PathRewrite(template(path == null ? "/" : path))
                : new PrefixRewrite(bytes(prefix), bytes(rewrite.replacePrefix()));
    }

    /** A prefix without the slash at its end. */
    private static byte[] bytes(String prefix) {
        String plain = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        return plain.getBytes(StandardCharsets.US_ASCII);
    }

    private HeaderChanges changes(HeadersConfig headers) {
        return new HeaderChanges(headers.remove(), lines(headers.set()), lines(headers.add()));
    }

    private List<HeaderChanges.Line> lines(Map<String, String> fields) {
        List<HeaderChanges.Line> lines = new ArrayList<>();
        fields.forEach((name, value) -> lines.add(new HeaderChanges.Line(name, template(value))));
        return lines;
    }

    private ValueTemplate template(String text) {
        ValueTemplate.Builder builder = new ValueTemplate.Builder();
        for (TemplateSyntax.Part part : TemplateSyntax.parse(text)) {
            switch (part.kind()) {
                case TEXT -> builder.text(part.text());
                case PATH -> builder.pathParameter(parameters.indexOf(part.text()));
                case HEADER -> builder.field(part.text());
                case CLIENT_IP -> builder.clientAddress();
                case REQUEST_ID -> builder.requestId();
            }
        }
        return builder.build();
    }
}
