package io.millrace.cli;

import io.millrace.config.GatewayConfig;
import io.millrace.config.RouteConfig;
import io.millrace.control.FilterCompiler;
import io.millrace.filter.FilterAnswer;
import io.millrace.filter.FilterChain;
import io.millrace.filter.FilterRequest;
import io.millrace.filter.FilterShard;
import io.millrace.filter.Verdict;
import io.millrace.filter.limit.LimitCells;
import io.millrace.route.RouteMatch;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** What filters do with a request that was typed in; owned by the main thread. */
final class ChainListing {
    private static final UnsafeBuffer SAMPLE_ID = new UnsafeBuffer(ascii("0".repeat(32)));

    private final @Nullable GatewayConfig config;

    /** Filters of a configuration; null: there are none. */
    ChainListing(@Nullable GatewayConfig config) {
        this.config = config;
    }

    /** Passes the request through the chain of its route, and prints each step. */
    void print(PrintWriter out, TypedRequest typed, String route, RouteMatch match, String client) {
        FilterChain chain = chain(route);
        if (chain.isEmpty()) {
            return;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(client);
        if (address == null) {
            throw new IllegalArgumentException(
                    "--client: \"" + client + "\" is no address; write for instance 10.1.2.3");
        }
        try (LimitCells cells = unusedCells()) {
            FilterRequest request = new FilterRequest(new FilterShard(cells));
            request.begin(typed.head, ascii(client), address);
            print(out, typed, chain, match, request);
        }
    }

    /** Limits are asked as if nobody had come before: the gateway's own state is not touched. */
    private static LimitCells unusedCells() {
        try {
            Path directory = Files.createTempDirectory("millrace-explain");
            Path file = directory.resolve("cells");
            try {
                return LimitCells.open(file, LimitCells.FEWEST_CELLS);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("no file for limits can be made: " + e, e);
        }
    }

    private static void print(
            PrintWriter out,
            TypedRequest typed,
            FilterChain chain,
            RouteMatch match,
            FilterRequest request) {
        request.path(typed.path, 0, typed.path.capacity());
        request.id(SAMPLE_ID, SAMPLE_ID.capacity());
        for (int i = 0; i < match.parameterCount; i++) {
            request.addParameter(match.parameterOffset(i), match.parameterLength(i));
        }
        boolean answered = false;
        for (int i = 0; i < chain.length() && !answered; i++) {
            answered = chain.filter(i).onRequest(request) == Verdict.ANSWER;
            out.println(
                    "  filter    "
                            + chain.filter(i).kind()
                            + (answered ? ": answers " + answer(request.answer) : ": goes on"));
        }
        request.toOrigin.describe().forEach(line -> out.println("  to origin " + line));
        request.toClient.describe().forEach(line -> out.println("  to client " + line));
    }

    private static String answer(FilterAnswer answer) {
        int status = answer.status == 0 ? answer.outcome.status() : answer.status;
        return status + " " + answer.outcome.label();
    }

    private FilterChain chain(String name) {
        GatewayConfig present = config;
        if (present != null) {
            for (RouteConfig route : present.routes()) {
                if (route.name().equals(name)) {
                    return FilterCompiler.chain(present, route);
                }
            }
        }
        return FilterChain.NONE;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
