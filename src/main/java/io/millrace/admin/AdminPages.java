package io.millrace.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.observe.MetricsReader;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What each path of the admin server answers; safe from any thread. */
final class AdminPages {
    private static final String JSON_TYPE = "application/json";
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .changeDefaultPropertyInclusion(
                            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .build();

    private final AdminView view;
    private final MetricsReader metrics;
    private final ExpositionFormatWriter prometheus = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

    AdminPages(AdminView view, MetricsReader metrics) {
        this.view = view;
        this.metrics = metrics;
    }

    Answer answer(String path, @Nullable String accept) {
        return switch (path) {
            case "/healthz" -> health();
            case "/readyz" -> readiness();
            case "/metrics" -> metrics(accept);
            case "/routes" -> json(200, new RoutesBody(view.routes(), view.tunnels()));
            case "/upstreams" -> json(200, Map.of("upstreams", view.upstreams()));
            case "/version" -> json(200, view.version());
            default ->
                    error(
                            404,
                            "not_found",
                            "try /healthz, /readyz, /metrics, /routes, /upstreams or /version");
        };
    }

    Answer error(int status, String error, String message) {
        return json(status, new ErrorBody(status, error, message));
    }

    private Answer health() {
        boolean live = view.live();
        return json(live ? 200 : 503, Map.of("live", live));
    }

    private Answer readiness() {
        AdminView.Readiness readiness = view.ready();
        return json(readiness.ready() ? 200 : 503, readiness);
    }

    private Answer metrics(@Nullable String accept) {
        boolean open = accept != null && openMetrics.accepts(accept);
        ExpositionFormatWriter format = open ? openMetrics : prometheus;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            format.write(body, MetricsPage.of(metrics.read(), view.version()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Answer(200, format.getContentType(), body.toByteArray());
    }

    private static Answer json(int status, Object body) {
        return new Answer(status, JSON_TYPE, JSON.writeValueAsBytes(body));
    }

    /** Body of the page of routes; immutable. */
    private record RoutesBody(
            List<AdminView.RouteView> routes, List<AdminView.TunnelView> tunnels) {}

    /** Body of an error; immutable. */
    private record ErrorBody(int status, String error, String message) {}
}
