package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.RespondConfig;
import io.millrace.config.RouteConfig;
import io.millrace.config.ValueTest;
import io.millrace.config.files.FilesConfig;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.route.RouteCompiler;
import io.millrace.store.TableStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class RouteCommandsTest {
    private static final List<String> API = List.of("api.example.com", "*.example.com");
    private static final Map<String, ValueTest> NONE = Map.of();
    private static final List<RouteConfig> ROUTES =
            List.of(
                    new RouteConfig(
                            "user",
                            API,
                            "/user/:id",
                            List.of("GET", "HEAD"),
                            NONE,
                            NONE,
                            "users",
                            null,
                            null,
                            List.of(),
                            FiltersConfig.NONE),
                    new RouteConfig(
                            "beta",
                            API,
                            "/user/:id",
                            List.of("GET"),
                            Map.of("x-version", new ValueTest.Exact("v2")),
                            NONE,
                            "users",
                            null,
                            null,
                            List.of(),
                            FiltersConfig.NONE),
                    new RouteConfig(
                            "hello",
                            List.of(),
                            "/hello",
                            List.of(),
                            NONE,
                            NONE,
                            null,
                            new RespondConfig(200, "hi\n", "text/plain"),
                            null,
                            List.of(),
                            FiltersConfig.NONE),
                    new RouteConfig(
                            "site",
                            List.of(),
                            "/site/*",
                            List.of(),
                            NONE,
                            NONE,
                            null,
                            null,
                            new FilesConfig(
                                    Path.of("/srv/www"),
                                    "index.html",
                                    null,
                                    List.of(),
                                    null,
                                    Map.of(),
                                    true,
                                    false),
                            List.of(),
                            FiltersConfig.NONE));

    private static final String TUNNELS =
            """
            listeners:
              http: {bind: 0.0.0.0:80}
              db: {bind: 0.0.0.0:5432, protocol: tcp, upstream: users}
              tls:
                bind: 0.0.0.0:443
                protocol: tls-passthrough
                upstream: users
                routes:
                  - {sni: [db.example.com, "*.db.example.com"], alpn: [postgresql], upstream: users}
                  - {sni: [Mail.example.com], upstream: mail}
            upstreams: {users: {endpoints: [127.0.0.1:1]}, mail: {endpoints: [127.0.0.1:2]}}
            routes: [{name: all, path: /*, upstream: users}]
            """;

    @TempDir Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldListTheLiveRoutesAsATable() {
        publish();

        assertThat(run(new RoutesCommand(), "--state", directory.toString())).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "generation 1 in " + directory + ": 4 routes",
                        "NAME   HOSTS                          PATH       METHODS   TESTS                    TARGET",
                        "user   api.example.com *.example.com  /user/:id  GET HEAD  -                        upstream users",
                        "beta   api.example.com *.example.com  /user/:id  GET       header x-version = \"v2\""
                                + "  upstream users",
                        "hello  *                              /hello     any       -                        responds 200",
                        "site   *                              /site/*    any       -                        files /srv/www");
    }

    @Test
    void shouldListOnlyRoutesOfAHost() {
        publish();

        run(new RoutesCommand(), "--state", directory.toString(), "--host", "Other.org");
        assertThat(out.toString()).contains("hello").doesNotContain("user");
    }

    @Test
    void shouldListRoutesAsJson() {
        publish();

        run(
                new RoutesCommand(),
                "--state",
                directory.toString(),
                "--host",
                "www.example.com",
                "--json");
        assertThat(out.toString().strip())
                .isEqualTo(
                        "{\"generation\":1,\"routes\":[{\"name\":\"user\",\"hosts\":[\"api.example.com\","
                                + "\"*.example.com\"],\"path\":\"/user/:id\",\"methods\":[\"GET\",\"HEAD\"],"
                                + "\"headers\":[],\"query\":[],\"upstream\":\"users\"},"
                                + "{\"name\":\"beta\",\"hosts\":[\"api.example.com\",\"*.example.com\"],"
                                + "\"path\":\"/user/:id\",\"methods\":[\"GET\"],"
                                + "\"headers\":[\"x-version = \\\"v2\\\"\"],\"query\":[],\"upstream\":\"users\"},"
                                + "{\"name\":\"hello\",\"hosts\":[\"*\"],\"path\":\"/hello\",\"methods\":[],"
                                + "\"headers\":[],\"query\":[],\"respond\":200},"
                                + "{\"name\":\"site\",\"hosts\":[\"*\"],\"path\":\"/site/*\",\"methods\":[],"
                                + "\"headers\":[],\"query\":[],\"files\":\"/srv/www\"}],\"tunnels\":[]}");
    }

    @Test
    void shouldListWhereBytesArePassedOnTo() {
        publish(TUNNELS);

        assertThat(run(new RoutesCommand(), "--state", directory.toString())).isZero();
        assertThat(out.toString().lines().skip(6))
                .containsExactly(
                        "",
                        "passed on unread: 4 routes",
                        "LISTENER  BIND          PROTOCOL         SNI                              ALPN        TARGET",
                        "db        0.0.0.0:5432  tcp              *                                any         upstream users",
                        "tls       0.0.0.0:443   tls-passthrough  db.example.com *.db.example.com  postgresql  upstream users",
                        "tls       0.0.0.0:443   tls-passthrough  Mail.example.com                 any         upstream mail",
                        "tls       0.0.0.0:443   tls-passthrough  *                                any         upstream users");
    }

    @Test
    void shouldListWhereTheBytesOfAHostArePassedOnTo() {
        publish(TUNNELS);

        run(
                new RoutesCommand(),
                "--state",
                directory.toString(),
                "--host",
                "mail.EXAMPLE.com",
                "--json");
        assertThat(out.toString().strip())
                .endsWith(
                        "],\"tunnels\":["
                                + "{\"listener\":\"db\",\"bind\":\"0.0.0.0:5432\",\"protocol\":\"tcp\","
                                + "\"sni\":[],\"alpn\":[],\"upstream\":\"users\"},"
                                + "{\"listener\":\"tls\",\"bind\":\"0.0.0.0:443\","
                                + "\"protocol\":\"tls-passthrough\",\"sni\":[\"Mail.example.com\"],"
                                + "\"alpn\":[],\"upstream\":\"mail\"},"
                                + "{\"listener\":\"tls\",\"bind\":\"0.0.0.0:443\","
                                + "\"protocol\":\"tls-passthrough\",\"sni\":[],\"alpn\":[],"
                                + "\"upstream\":\"users\"}]}");
    }

    @Test
    void shouldListTheTableOfATextThatMeansNothing() {
        publish("listeners: {db: {protocol: carrier-pigeon}}");

        assertThat(run(new RoutesCommand(), "--state", directory.toString())).isZero();
        assertThat(out.toString()).contains(": 4 routes").doesNotContain("passed on");
    }

    @Test
    void shouldNameTheListenersThatAnExplanationLeavesOut() {
        publish(TUNNELS);

        assertThat(explain("GET", "http://x.db.example.com/nowhere")).isZero();
        assertThat(out.toString().lines().skip(4))
                .containsExactly(
                        "asked       routes of host *.example.com",
                        "asked       routes of host * (any)",
                        "no route    404",
                        "not asked   db (tcp on 0.0.0.0:5432): SNI *, ALPN any, to upstream users",
                        "not asked   tls (tls-passthrough on 0.0.0.0:443): SNI db.example.com"
                                + " *.db.example.com, ALPN postgresql, to upstream users",
                        "not asked   tls (tls-passthrough on 0.0.0.0:443): SNI *, ALPN any, to"
                                + " upstream users");
    }

    @Test
    void shouldSayWhyThereIsNothingToList() {
        assertThat(run(new RoutesCommand(), "--state", directory.toString())).isEqualTo(3);
        assertThat(err.toString().strip())
                .isEqualTo("millrace routes: there are no tables in " + directory);

        TableStore.open(directory, 1 << 20).close();
        assertThat(run(new RoutesCommand(), "--state", directory.toString())).isEqualTo(3);
        assertThat(err.toString()).contains("nothing was published yet in " + directory);
    }

    @Test
    void shouldExplainTheWinnerTheLosersAndWhatWasCaptured() {
        publish();

        assertThat(
                        explain(
                                "GET",
                                "http://API.example.com:8080/user/./4%32?x=1",
                                "-H",
                                "x-version: v1"))
                .isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "generation 1 in " + directory,
                        "method      GET",
                        "host        API.example.com",
                        "path        /user/42",
                        "asked       routes of host api.example.com",
                        "  lost      beta (/user/:id): header x-version = \"v2\"",
                        "  won       user (/user/:id): the most specific whose tests all pass",
                        "route       user",
                        "  hosts     api.example.com *.example.com",
                        "  path      /user/:id",
                        "  methods   GET HEAD",
                        "  captured  id = 42",
                        "  target    upstream users");
    }

    @Test
    void shouldExplainWhyNoRouteTakesARequest() {
        publish();

        assertThat(explain("PUT", "http://a.example.com/user/42")).isZero();
        assertThat(out.toString())
                .contains("  lost      user (/user/:id): method, it admits GET HEAD")
                .endsWith("no route    405, allowed: GET, HEAD" + System.lineSeparator());

        assertThat(explain("GET", "/nowhere")).isZero();
        assertThat(out.toString()).endsWith("no route    404" + System.lineSeparator());
    }

    @Test
    void shouldRefuseARequestThatTheGatewayWouldRefuse() {
        assertThat(explain("GET", "/a%zz")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("millrace explain: the gateway refuses this request: ");
    }

    @Test
    void shouldExplainWhatFiltersDo() throws IOException {
        Path file = directory.resolve("millrace.yaml");
        Files.writeString(
                file,
                """
                listeners:
                  http: {bind: 0.0.0.0:8080}
                upstreams:
                  app: {endpoints: [127.0.0.1:9001]}
                policies:
                  public: {originCheck: {}}
                routes:
                  - name: user
                    path: /user/:id
                    upstream: app
                    policies: [public]
                    filters:
                      rewrite: {path: "/v2/{path.id}"}
                      requestHeaders: {set: {x-client: "{client.ip}"}}
                """);
        String config = file.toString();

        assertThat(
                        run(
                                new ExplainCommand(),
                                "POST",
                                "/user/7",
                                "-c",
                                config,
                                "--client",
                                "10.1.2.3"))
                .isZero();
        assertThat(out.toString().lines())
                .containsSubsequence(
                        "  filter    originCheck: goes on",
                        "  filter    rewrite: goes on",
                        "  filter    requestHeaders: goes on",
                        "  to origin target /v2/7",
                        "  to origin - x-client",
                        "  to origin + x-client: 10.1.2.3");

        assertThat(
                        run(
                                new ExplainCommand(),
                                "POST",
                                "/user/7",
                                "-c",
                                config,
                                "-H",
                                "Origin: http://evil.example"))
                .isZero();
        assertThat(out.toString()).endsWith("  filter    originCheck: answers 403 forbidden\n");
    }

    @Test
    void shouldExplainByAConfigurationFile() throws IOException {
        Path file = directory.resolve("millrace.yaml");
        Files.writeString(
                file,
                """
                listeners:
                  http: {bind: 0.0.0.0:8080}
                upstreams:
                  app: {endpoints: [127.0.0.1:9001]}
                routes:
                  - {name: all, path: /*, upstream: app}
                """);

        assertThat(run(new ExplainCommand(), "GET", "/a/b", "--config", file.toString())).isZero();
        assertThat(out.toString()).contains("captured  * = a/b").contains("target    upstream app");
    }

    @Test
    void shouldReportAWrongConfigurationFile() throws IOException {
        Path file = directory.resolve("millrace.yaml");
        Files.writeString(
                file,
                """
                listeners:
                  http: {bind: 0.0.0.0:8080}
                upstreams:
                  app: {endpoints: [127.0.0.1:9001]}
                routes:
                  - {name: one, path: /a/:x, upstream: app}
                  - {name: two, path: /a/:y, upstream: app}
                """);

        assertThat(run(new ExplainCommand(), "GET", "/", "--config", file.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains(file + ":7:")
                .contains("is the same as \"/a/:x\" of route \"one\"");
    }

    private void publish() {
        publish("");
    }

    private void publish(String configText) {
        try (TableStore store = TableStore.open(directory, 16 << 20)) {
            store.publish(
                    configText.getBytes(StandardCharsets.UTF_8),
                    RouteCompiler.compile(ROUTES, List.of("users")));
        }
    }

    private int explain(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--state", directory.toString()));
        return run(new ExplainCommand(), all.toArray(String[]::new));
    }

    private int run(Object command, String... arguments) {
        return new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
