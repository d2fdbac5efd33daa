package io.millrace.cli;

import io.millrace.config.ConfigLoader;
import io.millrace.config.ConfigResult;
import io.millrace.config.GatewayConfig;
import io.millrace.http.MethodId;
import io.millrace.route.MatchTrace;
import io.millrace.route.RouteCompiler;
import io.millrace.route.RouteDescription;
import io.millrace.route.RouteMatch;
import io.millrace.route.RouteTable;
import io.millrace.store.StoreException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Tells which route a request takes and why, by the matcher that serves; owned by the main thread.
 */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Tells which route takes a request, which candidates lost and at which test.",
            "A candidate is a route whose host and path fit. The answer comes from the gateway's own matcher.",
            "Listeners that pass bytes on unread are named last, with where they send this host's clients."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace explain GET http://api.example.com/user/42 -H 'x-version: v1'",
            "  millrace explain POST '/search?beta=1' --config new.yaml",
            "",
            "Exit codes: 0 answered, also when no route takes the request; 1 wrong configuration;",
            "2 wrong usage, also a request that the gateway refuses; 3 there is no table or it cannot be read."
        })
public final class ExplainCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "METHOD", description = "The method, for instance GET.")
    private String method = "";

    @Parameters(
            index = "1",
            paramLabel = "URL",
            description =
                    "http://host/path?query, or a path alone (host localhost, or as -H says).")
    private String url = "";

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "A header field; may be repeated.")
    private List<String> fields = new ArrayList<>();

    @Option(
            names = "--client",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The client's address, for filters (default: ${DEFAULT-VALUE}).")
    private String client = "";

    @ArgGroup private Source source = new Source();

    @Spec private CommandSpec spec = CommandSpec.create();

    /** Where the routes come from; owned by the main thread. */
    static final class Source {
        @Option(
                names = {"-s", "--state"},
                paramLabel = "DIR",
                description =
                        "The gateway's state directory (default: "
                                + OpenTable.STATE_DIRECTORY
                                + ").")
        private Path state = Path.of(OpenTable.STATE_DIRECTORY);

        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "Compile this configuration file instead of reading the live table.")
        private @Nullable Path config;
    }

    @Override
    public Integer call() {
        TypedRequest request;
        try {
            request = new TypedRequest(method, url, fields);
        } catch (IllegalArgumentException e) {
            return fail(2, String.valueOf(e.getMessage()));
        }
        Path file = source.config;
        try {
            return file == null ? explainLive(request) : explainConfig(request, file);
        } catch (StoreException | IllegalArgumentException e) {
            return fail(3, String.valueOf(e.getMessage()));
        }
    }

    private int explainLive(TypedRequest request) {
        try (OpenTable open = OpenTable.live(source.state)) {
            return explain(request, open);
        }
    }

    private int explainConfig(TypedRequest request, Path file) {
        ConfigResult result = ConfigLoader.load(file, RouteCompiler::findings);
        GatewayConfig config = result.config();
        if (config == null) {
            PrintWriter err = spec.commandLine().getErr();
            result.problems().forEach(err::println);
            err.flush();
            return 1;
        }
        try (OpenTable open = OpenTable.compiled(file, config)) {
            return explain(request, open);
        }
    }

    private int explain(TypedRequest request, OpenTable open) {
        RouteTable table = open.table();
        RouteMatch match = new RouteMatch();
        PrintWriter out = spec.commandLine().getOut();
        out.println(open.source());
        out.println("method      " + method);
        String host = request.text(request.head.hostOffset, request.head.hostLength);
        out.println("host        " + host);
        out.println("path        " + request.pathText(0, request.path.capacity()));
        match.trace(new Printer(out, table));
        int result = table.match(request.head, request.path, 0, request.path.capacity(), match);
        switch (result) {
            case RouteTable.FOUND -> {
                winner(out, request, table, match);
                open.chains().print(out, request, table.name(match.route), match, client);
            }
            case RouteTable.METHOD_NOT_ALLOWED ->
                    out.println("no route    405, allowed: " + methods(match.allowedMethods));
            default -> out.println("no route    404");
        }
        open.tunnels().of(new HostFilter(host)).printLines(out);
        out.flush();
        return 0;
    }

    private static void winner(
            PrintWriter out, TypedRequest request, RouteTable table, RouteMatch match) {
        RouteDescription route = table.describe(match.route);
        out.println("route       " + route.name());
        out.println("  hosts     " + String.join(" ", route.hosts()));
        out.println("  path      " + route.path());
        out.println(
                "  methods   "
                        + (route.methods().isEmpty() ? "any" : String.join(" ", route.methods())));
        route.headers().forEach(test -> out.println("  header    " + test));
        route.query().forEach(test -> out.println("  query     " + test));
        for (int i = 0; i < match.parameterCount; i++) {
            String value = request.pathText(match.parameterOffset(i), match.parameterLength(i));
            out.println("  captured  " + route.parameters().get(i) + " = " + value);
        }
        out.println("  target    " + route.target());
    }

    private static String methods(int mask) {
        List<String> names = new ArrayList<>();
        for (int id = 1; id < MethodId.COUNT; id++) {
            if ((mask & 1 << id) != 0) {
                names.add(MethodId.name(id));
            }
        }
        if ((mask & 1) != 0) {
            names.add("and others");
        }
        return String.join(", ", names);
    }

    private int fail(int code, String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("millrace explain: " + message);
        err.flush();
        return code;
    }

    /** Prints each step as it is taken; owned by the main thread. */
    private record Printer(PrintWriter out, RouteTable table) implements MatchTrace {
        @Override
        public void host(String host) {
            out.println("asked       routes of host " + (host.equals("*") ? "* (any)" : host));
        }

        @Override
        public void won(int route) {
            out.println("  won       " + line(route) + ": the most specific whose tests all pass");
        }

        @Override
        public void lostAtMethod(int route) {
            out.println(
                    "  lost      "
                            + line(route)
                            + ": method, it admits "
                            + String.join(" ", table.describe(route).methods()));
        }

        @Override
        public void lostAtTest(int route, String test) {
            out.println("  lost      " + line(route) + ": " + test);
        }

        private String line(int route) {
            return table.name(route) + " (" + table.describe(route).path() + ")";
        }
    }
}
