package io.millrace.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been opened so far, closed in the opposite order, be it at the end or because the start
 * failed; owned by the thread that starts or stops the gateway.
 */
final class Teardown implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Teardown.class);

    /** One thing to be closed. */
    interface Step {
        void close() throws Exception;
    }

    private final Deque<Step> steps = new ArrayDeque<>();

    /** Remembers to close something. */
    void add(Step step) {
        steps.push(step);
    }

    /** Closes everything; what fails to close does not keep the rest from it. */
    @Override
    public void close() {
        while (!steps.isEmpty()) {
            try {
                steps.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.warn("something did not close properly", e);
            }
        }
    }
}
