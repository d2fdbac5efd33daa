package io.millrace.config;

/** Texts that the tests of this package share. */
final class ConfigText {
    static final String SHORT =
            """
            listeners:
              http: {bind: 0.0.0.0:8080}
            upstreams:
              app: {endpoints: [127.0.0.1:9001]}
            routes:
              - {name: all, path: /*, upstream: app}
            """;

    private ConfigText() {}

    /** A file whose one route, on line 3, has these keys. */
    static String withRoute(String keys) {
        return """
        listeners: {http: {bind: 0.0.0.0:8080}}
        upstreams: {app: {endpoints: [127.0.0.1:9001]}}
        routes: [{%s}]
        """
                .formatted(keys);
    }

    /** A file whose listener, on line 1, has these keys. */
    static String withListener(String keys) {
        return """
        listeners: {http: {%s}}
        upstreams: {app: {endpoints: [127.0.0.1:9001]}}
        routes: [{name: all, path: /*, upstream: app}]
        """
                .formatted(keys);
    }

    /** A file whose section {@code server}, on line 1, has this value. */
    static String withSpin(String value) {
        return "server: {spin: " + value + "}\n" + SHORT;
    }

    /** A file whose upstream, on line 2, has these keys. */
    static String withUpstream(String keys) {
        return """
        listeners: {http: {bind: 0.0.0.0:8080}}
        upstreams: {app: {%s}}
        routes: [{name: all, path: /*, upstream: app}]
        """
                .formatted(keys);
    }
}
