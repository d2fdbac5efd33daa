package io.millrace.testing;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An origin that reads whatever it is asked and answers when the test says so, as the test says;
 * owned by the test's thread.
 */
public final class DrivenOrigin implements AutoCloseable {
    private static final long PATIENCE_S = 10;

    private final BlockingQueue<OriginConnection> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final ScriptedOrigin origin;

    /** One request, and where it came; immutable, safe from any thread. */
    public record Asked(OriginConnection on, Request request) {
        public String target() {
            return request.target();
        }

        /** Answers with the target. */
        public void echo() throws IOException {
            on.reply(target());
        }

        public Asked send(String latin1) throws IOException {
            on.send(latin1);
            return this;
        }
    }

    private DrivenOrigin() throws IOException {
        this.origin = ScriptedOrigin.start(this::listen);
    }

    public static DrivenOrigin start() throws IOException {
        return new DrivenOrigin();
    }

    private void listen(OriginConnection connection) throws IOException {
        opened.add(connection);
        while (true) {
            asked.add(new Asked(connection, connection.readRequest()));
        }
    }

    /** The next request, on whatever connection; waits for it. */
    public Asked next() throws InterruptedException {
        Asked next = asked.poll(PATIENCE_S, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("the origin received no further request");
        }
        return next;
    }

    /** The next request if one has come. */
    public @Nullable Asked poll() {
        return asked.poll();
    }

    /** The next connection that no earlier call has returned; waits for it. */
    public OriginConnection nextConnection() throws InterruptedException {
        OriginConnection next = opened.poll(PATIENCE_S, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("the origin accepted no further connection");
        }
        return next;
    }

    /** What it listens on, and what it has seen. */
    public ScriptedOrigin origin() {
        return origin;
    }

    @Override
    public void close() throws IOException {
        origin.close();
    }
}
