package io.millrace.control;

import io.millrace.config.GatewayConfig;
import io.millrace.config.RouteConfig;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.config.filters.HeadersConfig;
import io.millrace.config.filters.LimitConfig;
import io.millrace.config.syntax.TemplateSyntax;
import io.millrace.filter.Filter;
import io.millrace.filter.FilterChain;
import io.millrace.filter.OriginCheck;
import io.millrace.filter.OriginSet;
import io.millrace.filter.RequestHeaders;
import io.millrace.filter.ResponseHeaders;
import io.millrace.filter.RouteFilters;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Compiles what routes and policies say of filters into chains; used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
public final class FilterCompiler {
    private final AdmissionCompiler admission;
    private final HeadFilterCompiler heads;

    private FilterCompiler(RouteConfig route) {
        List<String> parameters = TemplateSyntax.parameters(route.path());
        this.admission = new AdmissionCompiler(route.name(), parameters);
        this.heads = new HeadFilterCompiler(parameters);
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
        return new FilterCompiler(route).chain(filters);
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
            chain.add(new ResponseHeaders(heads.changes(toClient)));
        }
        if (of.ipAccess() != null) {
            chain.add(AdmissionCompiler.networks(of.ipAccess()));
        }
        if (of.cors() != null) {
            chain.add(HeadFilterCompiler.cors(of.cors()));
        }
        if (of.originCheck() != null) {
            chain.add(new OriginCheck(new OriginSet(of.originCheck().trusted())));
        }
        for (LimitConfig limit : of.limits()) {
            chain.add(admission.limit(limit));
        }
        if (of.redirect() != null) {
            chain.add(heads.redirect(of.redirect()));
        }
        if (of.rewrite() != null) {
            chain.add(heads.rewrite(of.rewrite()));
        }
        HeadersConfig toOrigin = of.requestHeaders();
        if (toOrigin != null) {
            chain.add(new RequestHeaders(heads.changes(toOrigin)));
        }
        return new FilterChain(chain);
    }
}
