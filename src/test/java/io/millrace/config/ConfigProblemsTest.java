package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ConfigProblemsTest {
    @Test
    void shouldNameTheNearestKeyWhenOneIsUnknown() {
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:8080, timeout: {}"),
                "f:1:40: listeners.http: unknown key \"timeout\", did you mean \"timeouts\"?"
                        + " (known: bind, protocol, upstream, routes, trustedProxies, proxyProtocol,"
                        + " proxyProtocolTrusted, limits, timeouts)");
        assertOnly(
                "zzzzzzzzzzzzzz: 1\n" + ConfigText.SHORT,
                "f:1:1: unknown key \"zzzzzzzzzzzzzz\""
                        + " (known: server, admin, listeners, upstreams, policies, routes)");
    }

    @Test
    void shouldAskFromWhomAProxyHeaderIsAccepted() {
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, proxyProtocol: v2"),
                "f:1:52: listeners.http.proxyProtocol: v2 is accepted from nobody; write who may send"
                        + " it, for instance proxyProtocolTrusted: [10.0.0.0/8]");
        assertThat(
                        ConfigLoader.parse(
                                        "f",
                                        ConfigText.withListener(
                                                "bind: unix:/run/x.sock, proxyProtocol: v2"))
                                .problems())
                .isEmpty();
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, proxyProtocol: v3"),
                "f:1:52: listeners.http.proxyProtocol: \"v3\" is none of off, v1, v2, any; did you"
                        + " mean \"v1\"?");
    }

    @Test
    void shouldAskForUnits() {
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, timeouts: {idle: 10}"),
                "f:1:54: listeners.http.timeouts.idle: \"10\" has no unit; write for instance 10s"
                        + " (units: us, ms, s, m, h, d)");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, limits: {headers: 64k}"),
                "f:1:55: listeners.http.limits.headers: \"64k\" has the unknown unit \"k\"; write"
                        + " 64KiB (units: B, KiB, MiB, GiB, TiB)");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, timeouts: {idle: soon}"),
                "f:1:54: listeners.http.timeouts.idle: \"soon\" is not a duration; write a whole"
                        + " number and its unit, for instance 10s (units: us, ms, s, m, h, d)");
    }

    @Test
    void shouldSayHowLongALoopMaySpin() {
        assertOnly(
                ConfigText.withSpin("50"),
                "f:1:16: server.spin: \"50\" has no unit; write for instance 50us"
                        + " (units: us, ms, s, m, h, d)");
        assertOnly(
                ConfigText.withSpin("51us"),
                "f:1:16: server.spin: 51us is above the maximum 50us; allowed: 0 to 50us");
        assertOnly(
                ConfigText.withSpin("on"),
                "f:1:16: server.spin: \"on\" is not a duration; write a whole number and its unit,"
                        + " for instance 20us (units: us, ms, s, m, h, d)");
    }

    @Test
    void shouldSayTheRangeWhenAValueIsOutOfIt() {
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, timeouts: {idle: 5ms}"),
                "f:1:54: listeners.http.timeouts.idle: 5ms is below the minimum 100ms; allowed:"
                        + " 100ms to 1d");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, limits: {headerCount: 1001}"),
                "f:1:59: listeners.http.limits.headerCount: 1001 is above the maximum 1000; allowed:"
                        + " 1 to 1000");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, limits: {pipelined: 0}"),
                "f:1:57: listeners.http.limits.pipelined: 0 is below the minimum 1; allowed: 1 to"
                        + " 1024");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, limits: {pipelined: 1025}"),
                "f:1:57: listeners.http.limits.pipelined: 1025 is above the maximum 1024; allowed: 1"
                        + " to 1024");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, limits: {headerCount: 99999999999}"),
                "f:1:59: listeners.http.limits.headerCount: 99999999999 is too large; allowed:"
                        + " 1 to 1000");
    }

    @Test
    void shouldSayWhichTypeBelongsThere() {
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, limits: {headerCount: many}"),
                "f:1:59: listeners.http.limits.headerCount: \"many\" is not a whole number; write one"
                        + " without quotes: 1 to 1000");
        assertOnly(
                ConfigText.withListener("bind: [0.0.0.0:1]"),
                "f:1:26: listeners.http.bind is a list where one plain value belongs; write for"
                        + " instance 0.0.0.0:8080");
        assertOnly(
                ConfigText.withUpstream("endpoints: 127.0.0.1:9001"),
                "f:2:30: upstreams.app.endpoints is \"127.0.0.1:9001\" where a list belongs; write"
                        + " [127.0.0.1:9001]");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, limits: none"),
                "f:1:45: listeners.http.limits is \"none\" where keys belong: requestLine, headers,"
                        + " headerCount, body, pipelined");
        assertOnly(
                ConfigText.withRoute(
                        "name: all, path: /*, upstream: app, headers: {a: {present: maybe}}"),
                "f:3:70: routes[0].headers.a.present: \"maybe\" is neither true nor false; write one"
                        + " of these");
        assertOnly(
                ConfigText.withUpstream("endpoints: [a:1], balance: roundrobin"),
                "f:2:46: upstreams.app.balance: \"roundrobin\" is none of roundRobin, leastRequest,"
                        + " random; did you mean \"roundRobin\"?");
    }

    @Test
    void shouldSayHowAListIsWritten() {
        assertOnly(
                ConfigText.SHORT.replaceFirst("(?s)routes:.*", "routes: 7"),
                "f:5:9: routes is \"7\" where a list belongs; write for instance [{name: all, path:"
                        + " /*, upstream: app}]");
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, upstream: app, methods: GET"),
                "f:3:56: routes[0].methods is \"GET\" where a list belongs; write [GET]");
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, upstream: app, methods: get"),
                "f:3:56: routes[0].methods is \"get\" where a list belongs; write for instance [GET,"
                        + " HEAD]");
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, upstream: app, hosts: \"*.a.com\""),
                "f:3:54: routes[0].hosts is \"*.a.com\" where a list belongs; write [\"*.a.com\"]");
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, upstream: app, hosts: \"a.com, b.com\""),
                "f:3:54: routes[0].hosts is \"a.com, b.com\" where a list belongs; write for instance"
                        + " [api.example.com, \"*.example.com\"]");
        assertOnly(
                ConfigText.withUpstream("endpoints: \"[::1]:80\""),
                "f:2:30: upstreams.app.endpoints is \"[::1]:80\" where a list belongs; write"
                        + " [\"[::1]:80\"]");
        assertOnly(
                ConfigText.withUpstream("endpoints: 9001"),
                "f:2:30: upstreams.app.endpoints is \"9001\" where a list belongs; write for"
                        + " instance [127.0.0.1:9001]");
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertOnly(
                ConfigText.withListener("trustedProxies: []"),
                "f:1:19: listeners.http: the key \"bind\" is missing; write for instance bind:"
                        + " 0.0.0.0:8080");
        assertOnly(
                ConfigText.withListener("bind: "),
                "f:1:25: listeners.http.bind: there is no value; write one, for instance"
                        + " 0.0.0.0:8080");
        assertOnly(
                ConfigText.withUpstream("endpoints: []"),
                "f:2:30: upstreams.app.endpoints is empty; write for instance [127.0.0.1:9001]");
        assertOnly(
                "# nothing\n", "f:1:1: the file is empty; it needs at least listeners and routes");
    }

    @Test
    void shouldRefuseAddressesThatAreNone() {
        assertBind(":8080", "write 0.0.0.0:8080 for IPv4 or \"[::]:8080\" for both");
        assertBind("::1:8080", "put an IPv6 address in brackets and quotes, as in \"[::1]:8080\"");
        assertBind("127.0.0.1", "it has no port; write 127.0.0.1:8080");
        assertBind("127.0.0.1:65536", "the port must be a number from 0 to 65535");
        assertBind(
                "127.0.0.256:80",
                "write an IPv4 address, \"[IPv6]\" or a host name before the port");
        assertBind("unix:x", "write unix: and an absolute path of at most 107 bytes");
        assertBind("[::g]:80", "write an IPv6 address as \"[::1]:8080\"");
    }

    @Test
    void shouldRefuseToBindToAName() {
        assertOnly(
                ConfigText.withListener("bind: localhost:80"),
                "f:1:26: listeners.http.bind: localhost is a host name; bind to an address, for"
                        + " instance 127.0.0.1:80 or 0.0.0.0:80");
    }

    @Test
    void shouldFindDoubleBindsAlsoBehindWildcards() {
        assertOnly(
                binds("0.0.0.0:80", "127.0.0.1:80"),
                "f:3:13: listeners.b.bind: 127.0.0.1:80 is taken by listeners.a.bind (0.0.0.0:80);"
                        + " choose another port or address");
        assertOnly(
                binds("10.0.0.1:80", "\"[::]:80\""),
                "f:3:13: listeners.b.bind: [::]:80 is taken by listeners.a.bind (10.0.0.1:80);"
                        + " choose another port or address");
        assertOnly(
                binds("unix:/run/a", "unix:/run/a"),
                "f:3:13: listeners.b.bind: unix:/run/a is taken by listeners.a.bind (unix:/run/a);"
                        + " choose another port or address");
        assertOnly(
                binds("10.0.0.1:80", "0.0.0.0:9901"),
                "f:3:13: listeners.b.bind: 0.0.0.0:9901 is taken by admin.bind (127.0.0.1:9901);"
                        + " choose another port or address");
        assertThat(ConfigLoader.parse("f", binds("10.0.0.1:80", "10.0.0.2:80")).problems())
                .isEmpty();
        assertThat(ConfigLoader.parse("f", binds("0.0.0.0:0", "0.0.0.0:0")).problems()).isEmpty();
        assertThat(ConfigLoader.parse("f", binds("0.0.0.0:80", "\"[::1]:80\"")).problems())
                .isEmpty();
    }

    @Test
    void shouldRefuseAUnixSocketForTheAdminListener() {
        assertOnly(
                "admin: {bind: unix:/run/admin}\n" + ConfigText.SHORT,
                "f:1:15: admin.bind: unix:/run/admin is a Unix socket; the admin listener needs an IP"
                        + " address and a port, for instance 127.0.0.1:9901");
    }

    @Test
    void shouldRefuseNetworksThatAreNone() {
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, trustedProxies: [10.0.0.1/8]"),
                "f:1:54: listeners.http.trustedProxies[0]: \"10.0.0.1/8\" is not a network; bits"
                        + " beyond the first 8 are set; clear them or lengthen the prefix");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:1, trustedProxies: [10.0.0.0/33]"),
                "f:1:54: listeners.http.trustedProxies[0]: \"10.0.0.0/33\" is not a network; the"
                        + " prefix length must be a number from 0 to 32");
    }

    @Test
    void shouldNameTheNearestUpstreamWhenOneIsUnknown() {
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, upstream: ap"),
                "f:3:42: routes[0].upstream: there is no upstream \"ap\", did you mean \"app\"?"
                        + " (known: app)");
    }

    @Test
    void shouldWantExactlyOneTargetPerRoute() {
        assertOnly(
                ConfigText.withRoute("name: all, path: /*"),
                "f:3:10: routes[0] has none of upstream, respond, files; write exactly one of them");
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, upstream: app, respond: {status: 200}"),
                "f:3:10: routes[0] has both upstream and respond; write exactly one of them");
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, respond: "),
                "f:3:10: routes[0] has none of upstream, respond, files; write exactly one of them");
    }

    @Test
    void shouldFindRoutesOfOneName() {
        assertOnly(
                ConfigText.SHORT + "  - {name: all, path: /x, upstream: app}\n",
                "f:7:12: routes[1].name: \"all\" is the name of the route at line 6 too; give each"
                        + " route a name of its own");
    }

    @Test
    void shouldRefusePathsThatCanNeverMatch() {
        assertPath("user", "does not begin with \"/\"; write for instance /user/:id or /static/*");
        assertPath(
                "/a/*/b",
                "has a * that is not its whole last segment; write /static/*, or %2A for the"
                        + " character itself");
        assertPath("/a?b", "holds a ?; a path ends before it, tests of parameters go into query");
        assertPath("/:id/:id", "has the parameter :id twice; give each its own name");
        assertPath(
                "/:",
                "has the parameter :; a name of letters, digits, _ and - must follow the colon, as"
                        + " in :id");
        assertPath("/a/../b", "has the segment .., which no request has left once normalised");
        assertPath(
                "/%zz",
                "holds a % without two hexadecimal digits; write %25 for the character itself");
        assertPath("/%00", "holds %00, which is refused in every request");
    }

    @Test
    void shouldRefuseHostsThatAreNone() {
        assertHost("*", "stands for every host; leave hosts out instead");
        assertHost("a.*.com", "has a * elsewhere than in front; write \"*.example.com\"");
        assertHost(
                "example.com:80",
                "is not a host; write it without scheme and port, for instance api.example.com");
        assertHost("::1", "needs brackets, as clients send them: \"[::1]\"");
        assertHost(
                "a..b", "is not a host; write for instance api.example.com or \"*.example.com\"");
    }

    @Test
    void shouldRefuseEmptyAndLowerCaseMethods() {
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, upstream: app, methods: []"),
                "f:3:56: routes[0].methods is empty; write for instance [GET, HEAD]");
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, upstream: app, methods: [get]"),
                "f:3:57: routes[0].methods[0]: \"get\" is not allowed here; it must be a method in"
                        + " upper case, for instance GET");
    }

    @Test
    void shouldBoundFixedAnswers() {
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, respond: {status: 100}"),
                "f:3:50: routes[0].respond.status: 100 is below the minimum 200; allowed: 200 to 599");
        assertOnly(
                ConfigText.withRoute("name: all, path: /*, respond: {status: 204, body: x}"),
                "f:3:61: routes[0].respond.body: a response with status 204 has no body; remove one"
                        + " of them");
        assertOnly(
                ConfigText.withRoute(
                        "name: all, path: /*, respond: {body: " + "x".repeat(65537) + "}"),
                "f:3:48: routes[0].respond.body has 65537 bytes; a fixed answer may have 64KiB, serve"
                        + " more from an upstream");
    }

    @Test
    void shouldRefusePoolsThatKeepMoreThanTheyHold() {
        assertOnly(
                ConfigText.withUpstream(
                        "endpoints: [a:1], pool: {maximumPoolSize: 5, minimumIdle: 6}"),
                "f:2:77: upstreams.app.pool.minimumIdle: 6 is more than maximumPoolSize, which is 5");
    }

    @Test
    void shouldBoundWhatIsShared() {
        assertPipelining(
                "{depth: 1}", "f:2:65: ", ".depth: 1 is below the minimum 2; allowed: 2 to 1024");
        assertPipelining(
                "{depth: 1025}",
                "f:2:65: ",
                ".depth: 1025 is above the maximum 1024; allowed: 2 to 1024");
        assertPipelining(
                "{connections: 0}",
                "f:2:71: ",
                ".connections: 0 is below the minimum 1; allowed: 1 to 64");
        assertPipelining(
                "{connections: 65}",
                "f:2:71: ",
                ".connections: 65 is above the maximum 64; allowed: 1 to 64");
        assertPipelining(
                "{maximumAge: 0}",
                "f:2:70: ",
                ".maximumAge: 0 is below the minimum 1ms; allowed: 1ms to 1h");
        assertPipelining(
                "{maximumAge: 2h}",
                "f:2:70: ",
                ".maximumAge: 2h is above the maximum 1h; allowed: 1ms to 1h");
        assertPipelining(
                "{maximumBuffered: 4095B}",
                "f:2:75: ",
                ".maximumBuffered: 4095B is below the minimum 4KiB; allowed: 4KiB to 16MiB");
        assertPipelining(
                "{maximumBuffered: 17MiB}",
                "f:2:75: ",
                ".maximumBuffered: 17MiB is above the maximum 16MiB; allowed: 4KiB to 16MiB");
        assertPipelining(
                "{deph: 8}",
                "f:2:58: ",
                ": unknown key \"deph\", did you mean \"depth\"? (known: depth, connections, maximumAge, maximumBuffered)");
        assertPipelining(
                "on",
                "f:2:57: ",
                " is \"on\" where off or keys belong: depth, connections, maximumAge, maximumBuffered; write {} for all of their defaults");
        assertPipelining(
                "[32]",
                "f:2:57: ",
                " is a list where off or keys belong: depth, connections, maximumAge, maximumBuffered; write {} for all of their defaults");
    }

    private static void assertPipelining(String value, String place, String problem) {
        assertOnly(
                ConfigText.withUpstream("endpoints: [127.0.0.1:1], pipelining: " + value),
                place + "upstreams.app.pipelining" + problem);
    }

    @Test
    void shouldRefuseToShareMoreConnectionsThanThePoolHolds() {
        assertOnly(
                ConfigText.withUpstream(
                        "endpoints: [a:1], pool: {maximumPoolSize: 3}, pipelining: {connections: 4}"),
                "f:2:91: upstreams.app.pipelining.connections: 4 is more than pool.maximumPoolSize,"
                        + " which is 3");
        assertOnly(
                ConfigText.withUpstream(
                        "endpoints: [a:1], pipelining: {}, pool: {maximumPoolSize: 1}"),
                "f:2:49: upstreams.app.pipelining.connections: 2 is more than pool.maximumPoolSize,"
                        + " which is 1");
    }

    @Test
    void shouldRefuseToShareConnectionsThatNameOneClient() {
        assertOnly(
                ConfigText.withUpstream(
                        "endpoints: [a:1], sendProxyProtocol: v1, pipelining: {depth: 4}"),
                "f:2:72: upstreams.app.pipelining: cannot be combined with sendProxyProtocol, here"
                        + " v1, for a shared connection has no single client that the header could"
                        + " name; remove one of them");
    }

    @Test
    void shouldRefusePortZeroForAnEndpoint() {
        assertOnly(
                ConfigText.withUpstream("endpoints: [a:0]"),
                "f:2:31: upstreams.app.endpoints[0]: a:0 has port 0; write the port that the server"
                        + " listens on");
    }

    @Test
    void shouldSayWhereTheYamlBreaks() {
        assertOnly(
                "a: [1, 2",
                "f:1:9: not valid YAML: while parsing a flow sequence, expected ',' or"
                        + " ']', but got <stream end>");
        assertOnly(
                "a:\n\t- b",
                "f:2:1: not valid YAML: while scanning for the next token, found character '\\t(TAB)'"
                        + " that cannot start any token.; indent with spaces");
        assertOnly(
                "hosts: [*.example.com]",
                "f:1:9: not valid YAML: a value that begins with * or & needs quotes, for instance"
                        + " \"*.example.com\"");
        assertOnly(
                "a: \u0000",
                "f:1:4: the character U+0000 may not stand in a YAML file; is this a text file?");
        assertOnly(
                ConfigText.SHORT + "---\na: 1\n",
                "f:8:1: a second document begins here; the file must hold one only, remove \"---\"");
    }

    @Test
    void shouldRefuseDuplicateKeys() {
        assertOnly(
                ConfigText.SHORT + "routes: []\n",
                "f:7:1: duplicate key \"routes\", first written at line 5; keep one of them");
    }

    @Test
    void shouldRefuseWhatMakesFewLinesStandForMany() {
        assertOnly(
                ConfigText.withListener("bind: &a 0.0.0.0:8080, timeouts: *a"),
                "f:1:53: *a is read by YAML as an alias, which is not supported; if a text was meant,"
                        + " put it in quotes: \"*a\"",
                "f:1:53: listeners.http.timeouts is \"*a\" where keys belong: headers, idle, body,"
                        + " tunnel");
        assertOnly(
                ConfigText.withListener("bind: 0.0.0.0:8080, <<: {}"),
                "f:1:40: the merge key \"<<\" is not supported; write the keys out");
        assertOnly("[".repeat(40) + "]".repeat(40), "f:1:34: nested deeper than 32 levels");
    }

    @Test
    void shouldFindAllAtOnce() {
        String text =
                """
                server: {shards: none}
                listners: {}
                listeners:
                  http: {bind: 0.0.0.0:8080, timeouts: {idle: 1}}
                upstreams:
                  app: {}
                routes:
                  - {name: all, path: x, upstream: ap}
                  - nothing
                """;

        assertThat(ConfigLoader.parse("f", text).problems())
                .extracting(p -> p.line() + ":" + p.column())
                .containsExactly("1:18", "2:1", "4:47", "6:8", "8:23", "8:36", "9:5");
    }

    @Test
    void shouldStopCountingLinesThatNobodyReads() {
        String text = "x: 1\n" + ConfigText.SHORT + "  - 1\n".repeat(2000);

        assertThat(ConfigLoader.parse("f", text).problems())
                .hasSize(1001)
                .last()
                .hasToString("f: 1001 more problems are not shown");
    }

    private static String binds(String a, String b) {
        return """
        listeners:
          a: {bind: %s}
          b: {bind: %s}
        upstreams: {app: {endpoints: [127.0.0.1:9001]}}
        routes: [{name: all, path: /*, upstream: app}]
        """
                .formatted(a, b);
    }

    private static void assertBind(String bind, String right) {
        assertOnly(
                ConfigText.withListener("bind: \"" + bind + "\""),
                "f:1:26: listeners.http.bind: \"" + bind + "\" is not an address; " + right);
    }

    private static void assertPath(String path, String wrong) {
        assertOnly(
                ConfigText.withRoute("name: all, path: \"" + path + "\", upstream: app"),
                "f:3:28: routes[0].path: \"" + path + "\" " + wrong);
    }

    private static void assertHost(String host, String wrong) {
        assertOnly(
                ConfigText.withRoute(
                        "name: all, path: /*, upstream: app, hosts: [\"" + host + "\"]"),
                "f:3:55: routes[0].hosts[0]: \"" + host + "\" " + wrong);
    }

    private static void assertOnly(String text, String... problems) {
        ConfigResult result = ConfigLoader.parse("f", text);
        assertThat(result.problems()).extracting(ConfigProblem::toString).containsExactly(problems);
        assertThat(result.config()).isNull();
    }
}
