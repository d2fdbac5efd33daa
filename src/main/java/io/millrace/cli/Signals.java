package io.millrace.cli;

import java.lang.reflect.Proxy;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the process's signals into calls; safe from any thread.
 *
 * <p>sun.misc.Signal is the JDK's only way to catch HUP. The compiler warns of it without a way to
 * say that it is meant, so it is called by reflection.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** HUP: one reload after the other, on a thread of its own. */
    static void onReload(Runnable reload) {
        handle("HUP", () -> Thread.ofVirtual().name("reload").start(() -> run(reload)));
    }

    private static void run(Runnable reload) {
        try {
            reload.run();
        } catch (RuntimeException e) {
            LOG.error("the reload failed", e);
        }
    }

    /** TERM and INT: the first one stops, a second one ends the process at once. */
    static void onStop(IntSupplier stop) {
        StopOnce once = new StopOnce(stop);
        handle("TERM", once::stop);
        handle("INT", once::stop);
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calling =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (_, method, _) -> {
                                if (method.getName().equals("handle")) {
                                    action.run();
                                }
                                return null;
                            });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), calling);
        } catch (ReflectiveOperationException e) {
            LOG.warn("signal {} cannot be caught on this JVM", name, e);
        }
    }

    /** Stops once. */
    private static final class StopOnce {
        private final IntSupplier stop;
        private boolean stopping;

        StopOnce(IntSupplier stop) {
            this.stop = stop;
        }

        void stop() {
            synchronized (this) {
                if (stopping) {
                    LOG.warn("stopped without draining");
                    Runtime.getRuntime().halt(1);
                }
                stopping = true;
            }
            Thread.ofPlatform().name("stop").start(() -> Runtime.getRuntime().halt(code()));
        }

        private int code() {
            try {
                return stop.getAsInt();
            } catch (RuntimeException e) {
                LOG.error("the stop failed", e);
                return 1;
            }
        }
    }
}
