package io.millrace.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test class after which a buffer was found leaked; safe from any thread. */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    private static final int PROVOCATIONS = 64;
    private static final List<String> REPORTS = new CopyOnWriteArrayList<>();

    static {
        AppenderBase<ILoggingEvent> appender =
                new AppenderBase<>() {
                    @Override
                    protected void append(ILoggingEvent event) {
                        REPORTS.add(event.getFormattedMessage());
                    }
                };
        appender.start();
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(appender);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (!ResourceLeakDetector.isEnabled()) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        }
        REPORTS.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.gc();
        for (int i = 0; i < PROVOCATIONS; i++) {
            // The detector reports what was collected whenever something new is tracked.
            PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        if (!REPORTS.isEmpty()) {
            throw new AssertionError("leaked buffers: " + REPORTS);
        }
    }
}
