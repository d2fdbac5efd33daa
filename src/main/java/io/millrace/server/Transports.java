package io.millrace.server;

import io.millrace.config.server.TransportChoice;
import io.millrace.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the transport and says why; owned by no thread (pure functions). */
final class Transports {
    private static final Logger LOG = LoggerFactory.getLogger(Transports.class);

    private Transports() {}

    static Transport choose(TransportChoice choice) {
        return switch (choice) {
            case IO_URING -> required(Transport.IO_URING);
            case EPOLL -> required(Transport.EPOLL);
            case AUTO -> {
                Throwable cause = Transport.IO_URING.unavailabilityCause();
                if (cause == null) {
                    LOG.info("transport io_uring: it works on this kernel");
                    yield Transport.IO_URING;
                }
                LOG.warn("transport epoll: io_uring does not work here: {}", reason(cause));
                yield required(Transport.EPOLL);
            }
        };
    }

    private static Transport required(Transport transport) {
        Throwable cause = transport.unavailabilityCause();
        if (cause != null) {
            throw new StartException(
                    StartException.CANNOT_START,
                    "transport " + transport.label() + " does not work here: " + reason(cause));
        }
        return transport;
    }

    private static String reason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
    }
}
