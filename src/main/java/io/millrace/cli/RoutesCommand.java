package io.millrace.cli;

import io.millrace.route.RouteDescription;
import io.millrace.store.StoreException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the live route table, read beside the running gateway; owned by the main thread. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        description =
                "Lists the live route table out of the state directory, without asking the gateway,"
                        + " and where listeners of protocol tcp and tls-passthrough pass bytes on to.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace routes",
            "  millrace routes --host api.example.com",
            "  millrace routes --state /srv/millrace --json | jq '.routes[].name'",
            "",
            "Exit codes: 0 listed, 2 wrong usage, 3 there is no table or it cannot be read."
        })
public final class RoutesCommand implements Callable<Integer> {
    private static final List<String> COLUMNS =
            List.of("NAME", "HOSTS", "PATH", "METHODS", "TESTS", "TARGET");

    @Option(
            names = {"-s", "--state"},
            paramLabel = "DIR",
            defaultValue = OpenTable.STATE_DIRECTORY,
            description = "The gateway's state directory (default: ${DEFAULT-VALUE}).")
    private Path state = Path.of(OpenTable.STATE_DIRECTORY);

    @Option(names = "--host", paramLabel = "H", description = "Only routes that serve this host.")
    private @Nullable String host;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (OpenTable open = OpenTable.live(state)) {
            List<RouteDescription> routes = new ArrayList<>();
            HostFilter filter = new HostFilter(host);
            TunnelListing tunnels = open.tunnels().of(filter);
            for (int i = 0; i < open.table().routeCount(); i++) {
                RouteDescription route = open.table().describe(i);
                if (filter.admits(route.hosts())) {
                    routes.add(route);
                }
            }
            if (json) {
                out.println(json(open.generation(), routes, tunnels));
            } else {
                out.println(
                        open.source()
                                + ": "
                                + routes.size()
                                + (routes.size() == 1 ? " route" : " routes"));
                new TextTable(COLUMNS, routes.stream().map(RoutesCommand::cells).toList())
                        .print(out);
                tunnels.printTable(out);
            }
            out.flush();
            return 0;
        } catch (StoreException | IllegalArgumentException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("millrace routes: " + e.getMessage());
            err.flush();
            return 3;
        }
    }

    private static List<String> cells(RouteDescription route) {
        List<String> tests = new ArrayList<>();
        route.headers().forEach(test -> tests.add("header " + test));
        route.query().forEach(test -> tests.add("query " + test));
        return List.of(
                route.name(),
                String.join(" ", route.hosts()),
                route.path(),
                route.methods().isEmpty() ? "any" : String.join(" ", route.methods()),
                tests.isEmpty() ? "-" : String.join(", ", tests),
                route.target());
    }

    private static String json(
            long generation, List<RouteDescription> routes, TunnelListing tunnels) {
        JsonText json = new JsonText();
        json.open('{').key("generation").number(generation).key("routes").open('[');
        for (RouteDescription route : routes) {
            json.open('{').key("name").text(route.name()).key("hosts").texts(route.hosts());
            json.key("path").text(route.path()).key("methods").texts(route.methods());
            json.key("headers").texts(route.headers()).key("query").texts(route.query());
            if (!route.filesRoot().isEmpty()) {
                json.key("files").text(route.filesRoot());
            } else if (route.upstream().isEmpty()) {
                json.key("respond").number(route.respondStatus());
            } else {
                json.key("upstream").text(route.upstream());
            }
            json.close('}');
        }
        json.close(']');
        tunnels.write(json);
        return json.close('}').toString();
    }
}
