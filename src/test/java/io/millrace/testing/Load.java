package io.millrace.testing;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Clients that ask again and again until they are stopped; safe from any thread. */
public final class Load implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int REQUESTS_PER_CONNECTION = 50;

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    private Load() {}

    /** Starts that many clients, each with a new connection after every 50 requests. */
    public static Load start(InetSocketAddress address, int clients, String target) {
        Load load = new Load();
        for (int i = 0; i < clients; i++) {
            load.threads.add(Thread.ofVirtual().start(() -> load.run(address, target)));
        }
        return load;
    }

    private void run(InetSocketAddress address, String target) {
        try {
            while (!stopped.get()) {
                ask(address, target);
            }
        } catch (Exception | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    private void ask(InetSocketAddress address, String target) throws Exception {
        try (RawClient client = RawClient.connect(address)) {
            for (int i = 0; i < REQUESTS_PER_CONNECTION && !stopped.get(); i++) {
                Response response = client.get(target).readResponse();
                if (response.status() != 200) {
                    throw new AssertionError(
                            "answered " + response.status() + ": " + response.text());
                }
                answered.incrementAndGet();
                if (response.announcesClose()) {
                    return;
                }
            }
        }
    }

    /** How many requests were answered with 200. */
    public long answered() {
        return answered.get();
    }

    /** Waits for that many further answers. */
    public void awaitMore(long count) throws Exception {
        long goal = answered.get() + count;
        Eventually.eventually(
                count + " further answers", () -> failure.get() != null || answered.get() >= goal);
    }

    /** Stops all clients and fails when a single request has failed. */
    @Override
    public void close() {
        stopped.set(true);
        for (Thread thread : threads) {
            join(thread);
        }
        Throwable first = failure.get();
        if (first != null) {
            throw new AssertionError("a request failed after " + answered.get(), first);
        }
    }

    private static void join(Thread thread) {
        try {
            if (!thread.join(PATIENCE)) {
                throw new AssertionError("a client did not end within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while the clients end", e);
        }
    }
}
