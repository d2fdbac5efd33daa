package io.millrace.store;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;

/**
 * One generation of tables, read in mapped memory; immutable, safe from any thread until it is
 * closed.
 *
 * <p>It holds a read transaction: the pages it shows are kept until {@link #close()}, which may be
 * called on any thread, once nobody looks at the memory any more.
 */
@OwnedBy(Role.ANY)
public final class Generation implements AutoCloseable {
    private final long number;
    private final String configText;
    private final DirectBuffer routeImage;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    Generation(long number, String configText, DirectBuffer routeImage, Runnable release) {
        this.number = number;
        this.configText = configText;
        this.routeImage = routeImage;
        this.release = release;
    }

    /** Counts up from 1 with every publication. */
    public long number() {
        return number;
    }

    /** The route image in mapped memory, valid until {@link #close()}. */
    public DirectBuffer routeImage() {
        return routeImage;
    }

    /** The configuration file that the tables were compiled from. */
    public String configText() {
        return configText;
    }

    /** Lets the pages go; the second call does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
