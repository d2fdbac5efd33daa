package io.millrace.control;

import io.millrace.config.filters.CorsConfig;
import io.millrace.config.filters.HeadersConfig;
import io.millrace.config.filters.RedirectConfig;
import io.millrace.config.filters.RewriteConfig;
import io.millrace.config.syntax.TemplateSyntax;
import io.millrace.filter.Cors;
import io.millrace.filter.Filter;
import io.millrace.filter.HeaderChanges;
import io.millrace.filter.OriginSet;
import io.millrace.filter.PathRewrite;
import io.millrace.filter.PrefixRewrite;
import io.millrace.filter.Redirect;
import io.millrace.filter.ValueTemplate;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compiles the filters of one route that write into heads; used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
final class HeadFilterCompiler {
    private final List<String> parameters;

    HeadFilterCompiler(List<String> parameters) {
        this.parameters = parameters;
    }

    static Cors cors(CorsConfig cors) {
        return new Cors(
                new OriginSet(cors.origins()),
                cors.methods(),
                cors.headers(),
                cors.exposed(),
                cors.credentials(),
                cors.maxAge().toSeconds());
    }

    Redirect redirect(RedirectConfig redirect) {
        return new Redirect(
                redirect.status(),
                template(redirect.location()),
                redirect.location().indexOf('?') < 0);
    }

    Filter rewrite(RewriteConfig rewrite) {
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

    HeaderChanges changes(HeadersConfig headers) {
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
