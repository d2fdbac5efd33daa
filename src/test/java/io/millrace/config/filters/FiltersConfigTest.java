package io.millrace.config.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigLoader;
import io.millrace.config.ConfigProblem;
import org.junit.jupiter.api.Test;

/** What is said of filters that make no sense; owned by the test's thread. */
final class FiltersConfigTest {
    @Test
    void shouldAcceptFiltersOfRoutesAndPolicies() {
        assertThat(
                        ConfigLoader.parse(
                                        "f",
                                        text(
                                                "{cors: {origins: [\"*\"]}, responseHeaders: {set:"
                                                        + " {x-a: \"{client.ip}\"}}}",
                                                "path: /u/:id/*, policies: [p], filters: {rewrite:"
                                                        + " {path: \"/v/{path.id}/{path.*}\"}}"))
                                .problems())
                .isEmpty();
    }

    @Test
    void shouldSayWhichVariablesThereAre() {
        problem(
                "path: /u/:id, filters: {requestHeaders: {set: {x-a: \"{path.name}\"}}}",
                "routes[0].filters.requestHeaders.set.x-a: the path \"/u/:id\" has no parameter"
                        + " \"name\"; it has id");
        problem(
                "path: /u, filters: {requestHeaders: {add: {x-a: \"{user}\"}}}",
                "routes[0].filters.requestHeaders.add.x-a: \"{user}\" has the unknown variable"
                        + " {user}; there are {path.NAME}, {header.NAME}, {client.ip} and"
                        + " {request.id}");
        problem(
                "path: /u, filters: {rewrite: {path: \"/a{\"}}",
                "routes[0].filters.rewrite.path: \"/a{\" has a { without its }; write {{ for a brace"
                        + " that means itself");
    }

    @Test
    void shouldKeepPathParametersOutOfPolicies() {
        assertThat(
                        ConfigLoader.parse(
                                        "f",
                                        text(
                                                "{requestHeaders: {set: {x-a: \"{path.id}\"}}}",
                                                "path: /u/:id"))
                                .problems())
                .singleElement()
                .extracting(ConfigProblem::toString)
                .asString()
                .endsWith(
                        "policies.p.requestHeaders.set.x-a: a policy is for routes of any path, so"
                                + " {path.id} cannot be in it; write the filter into the route");
    }

    @Test
    void shouldKeepFramingAndForwardingFieldsOutOfReach() {
        for (String name : new String[] {"Content-Length", "transfer-encoding", "X-Real-IP"}) {
            problem(
                    "path: /u, filters: {requestHeaders: {set: {" + name + ": a}}}",
                    "routes[0].filters.requestHeaders.set."
                            + name
                            + ": the field "
                            + name
                            + " frames messages or is the gateway's own to write; use another name");
        }
        problem(
                "path: /u, filters: {responseHeaders: {remove: [Connection]}}",
                "routes[0].filters.responseHeaders.remove[0]: the field Connection frames messages"
                        + " or is the gateway's own to write; use another name");
    }

    @Test
    void shouldRefuseCredentialsForEveryOrigin() {
        problem(
                "path: /u, filters: {cors: {origins: [\"*\"], credentials: true}}",
                "routes[0].filters.cors.origins: \"*\" with credentials would let every page act as"
                        + " the user; name the origins, or leave credentials out");
    }

    @Test
    void shouldNotLetAClientChooseTheHostOfARedirection() {
        for (String location :
                new String[] {
                    "{header.x}",
                    "//{path.*}",
                    "https://{path.*}",
                    "https://a{path.*}",
                    "https://a@{path.*}",
                    "/{header.x}/{path.*}",
                    "a"
                }) {
            problem(
                    "path: /u/*, filters: {redirect: {location: \"" + location + "\"}}",
                    "routes[0].filters.redirect.location: \""
                            + location
                            + "\" does not begin with a path or with scheme and host as they are, so"
                            + " that a client could choose the host; write for instance"
                            + " https://www.example.com/{path.*}");
        }
        problem(
                "path: /u, filters: {redirect: {status: 305, location: /}}",
                "routes[0].filters.redirect.status: 305 is no redirection; write 301, 302, 303, 307"
                        + " or 308");
    }

    @Test
    void shouldWantOneWayOfRewriting() {
        problem(
                "path: /u, filters: {rewrite: {path: /a, prefix: /b}}",
                "routes[0].filters.rewrite has both path and prefix; write exactly one of them");
        problem(
                "path: /u, filters: {rewrite: {prefix: \"/b/:id\"}}",
                "routes[0].filters.rewrite.prefix: \"/b/:id\" is no plain path; write for instance"
                        + " /api");
    }

    @Test
    void shouldRefuseLimitsThatCannotBe() {
        limit(
                "rate: 0",
                ".rate: \"0\" is no rate; write requests a second, above 0, or with a unit, for"
                        + " instance 10, 0.5/s, 5/m, 100/h or 1000/d");
        limit("rate: 2000000", ".rate: 2000000 is above the highest, 1000000/s");
        limit(
                "rate: 1/d, burst: 1000",
                ": at this rate a burst takes longer than 366 days to come back; raise rate or lower"
                        + " burst");
        limit(
                "rate: 1, burst: 2, cost: 3",
                ".cost: a request counts for 3, but no more than burst, 2, are ever admitted at once;"
                        + " raise burst or lower cost");
        limit("rate: 1, key: [path.id]", ".key[0]: the path \"/u\" has no parameter \"id\"");
    }

    @Test
    void shouldHaveLimitsOfOneNameAlike() {
        problem(
                "path: /u, filters: {limits: [{name: l, rate: 1/h}, {name: l, rate: 1/h}]}",
                "routes[0].filters.limits[1].name: \"l\" is here twice, so each request would count"
                        + " twice; give each its own");
        assertThat(
                        ConfigLoader.parse(
                                        "f",
                                        text(
                                                "{limits: [{name: l, rate: 1/h}]}",
                                                "path: /u, filters: {limits: [{name: l, rate:"
                                                        + " 1/s}]}"))
                                .problems())
                .singleElement()
                .extracting(ConfigProblem::toString)
                .asString()
                .endsWith(
                        "routes[0].filters.limits[0].name: \"l\" is 1/s with burst 1 here and 1/h with"
                                + " burst 1 elsewhere; limits of one name share their state and must be"
                                + " alike");
    }

    @Test
    void shouldRefuseWhatWouldNotStart() {
        problem(
                "path: /u, filters: {ipAccess: {allow: [10.0.0.0/8], deny: [\"::ffff:10.0.0.0/104\"]}}",
                "routes[0].filters.ipAccess.deny[0]: the same network is in allow; remove one of"
                        + " them");
        limit(
                "rate: 3.5/d, burst: 1281",
                ": at this rate a burst takes longer than 366 days to come back; raise rate or lower"
                        + " burst");
    }

    @Test
    void shouldKeepClientsFromLeavingThePathOrAddingParameters() {
        problem(
                "path: /u/*, filters: {rewrite: {path: \"/t/{header.x}/{path.*}\"}}",
                "routes[0].filters.rewrite.path: \"/t/{header.x}/{path.*}\" has a field in it, by which"
                        + " a client could leave the path (..); parts of the path can be in it");
        problem(
                "path: /u, filters: {rewrite: {path: \"/a b\"}}",
                "routes[0].filters.rewrite.path: \"/a b\" has a character that cannot stand there;"
                        + " write it percent-encoded");
        problem(
                "path: /u/:id, filters: {redirect: {location: \"/a?id={path.id}\"}}",
                "routes[0].filters.redirect.location: \"/a?id={path.id}\" has a variable behind its ?,"
                        + " where a client could add parameters");
    }

    @Test
    void shouldNotDecideByFieldsThatAnybodyCanSend() {
        problem(
                "path: /u, filters: {requestHeaders: {set: {x-a: \"{header.X-Forwarded-For}\"}}}",
                "routes[0].filters.requestHeaders.set.x-a: the field X-Forwarded-For says what any"
                        + " client likes; {client.ip} is the client, as far as trustedProxies are"
                        + " believed");
        limit(
                "rate: 1, key: [header.host]",
                ".key[0]: the field host says what any client likes; {client.ip} is the client, as far"
                        + " as trustedProxies are believed");
        problem(
                "path: /u, filters: {requestHeaders: {add: {host: b}}}",
                "routes[0].filters.requestHeaders.add.host: a request has exactly one Host; write it"
                        + " in set");
    }

    private static void limit(String keys, String message) {
        problem(
                "path: /u, filters: {limits: [{name: l, " + keys + "}]}",
                "routes[0].filters.limits[0]" + message);
    }

    @Test
    void shouldNameTheNearestPolicy() {
        problem(
                "path: /u, policies: [q]",
                "routes[0].policies[0]: there is no policy \"q\", did you mean \"p\"? (known: p)");
    }

    private static void problem(String route, String message) {
        assertThat(ConfigLoader.parse("f", text("{}", route)).problems())
                .singleElement()
                .extracting(ConfigProblem::toString)
                .asString()
                .endsWith(": " + message);
    }

    private static String text(String policy, String route) {
        return """
        listeners: {http: {bind: 0.0.0.0:8080}}
        upstreams: {app: {endpoints: [127.0.0.1:9001]}}
        policies: {p: %s}
        routes: [{name: all, upstream: app, %s}]
        """
                .formatted(policy, route);
    }
}
