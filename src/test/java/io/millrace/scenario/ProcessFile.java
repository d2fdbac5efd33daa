package io.millrace.scenario;

import io.millrace.testing.ForkedGateway;
import io.millrace.testing.ScriptedOrigin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration of a gateway in its own process; immutable, owned by the test's thread. */
record ProcessFile(Path directory, int port, int tunnelPort, int adminPort) {
    static ProcessFile in(Path directory) throws IOException {
        return new ProcessFile(
                directory,
                ForkedGateway.freePort(),
                ForkedGateway.freePort(),
                ForkedGateway.freePort());
    }

    Path path() {
        return directory.resolve("millrace.yaml");
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Where a tcp listener leads to the same origin. */
    InetSocketAddress tunnelAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), tunnelPort);
    }

    /** Writes a file that sends everything to one origin, with that many routes besides. */
    ProcessFile write(ScriptedOrigin origin, int extraRoutes, String... serverKeys)
            throws IOException {
        StringBuilder text = new StringBuilder("server:\n  shards: 1\n");
        text.append("  stateDirectory: \"").append(directory.resolve("state")).append("\"\n");
        for (String key : serverKeys) {
            text.append("  ").append(key).append('\n');
        }
        text.append("admin: {bind: 127.0.0.1:").append(adminPort).append("}\n");
        text.append("listeners:\n  http: {bind: 127.0.0.1:").append(port);
        text.append(", timeouts: {idle: 10m}}\n");
        text.append("  tunnel: {bind: 127.0.0.1:").append(tunnelPort);
        text.append(", protocol: tcp, upstream: app}\n");
        text.append("upstreams:\n  app: {endpoints: [\"").append(origin.address());
        text.append("\"], pool: {maximumPoolSize: 1024}}\n");
        text.append("routes:\n  - {name: all, path: /*, upstream: app}\n");
        for (int i = 0; i < extraRoutes; i++) {
            text.append("  - {name: r").append(i).append(", path: /r/").append(i);
            text.append(", respond: {status: 200, body: \"").append(extraRoutes).append("\"}}\n");
        }
        Path next = directory.resolve("millrace.yaml.next");
        Files.writeString(next, text);
        Files.move(
                next,
                path(),
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return this;
    }
}
