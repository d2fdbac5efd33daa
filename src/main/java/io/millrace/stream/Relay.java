package io.millrace.stream;

import io.netty.buffer.ByteBuf;

/**
 * Moves the bytes of one direction, from a source's end to a sink's; called on the owning shard's
 * thread.
 *
 * <p>Bytes may reach it in user space at any time: those read before it began, and those that the
 * transport reads by itself when the source half-closes. They are older than everything that is
 * still in the source's socket, so they go first.
 */
interface Relay {
    /** Learns what a relay has done; called on the owning shard's thread. */
    interface Listener {
        /** Bytes have been handed to the sink, inside the kernel or by way of user space. */
        void onMoved(Relay relay, long bytes, boolean spliced);

        /** The source has ended, and so has the sink, after all that came before. */
        void onDone(Relay relay);
    }

    /** Begins to read the source. */
    void start();

    /** Sends bytes that are in user space; the buffer now belongs to the relay. */
    void send(ByteBuf bytes);

    /** All that one read delivered has been given to {@link #send}. */
    void onReadComplete();

    /** The source will send no more: nor will the sink, once everything has left. */
    void onSourceEnd();

    /** The sink takes bytes again, or no longer does. */
    void onSinkWritabilityChanged();

    /** The sink takes nothing any more: what still comes is dropped and not asked for. */
    void stop();

    /** Whether the source has ended. */
    boolean isSourceEnded();

    /** Whether nothing is left to do: it is done or was stopped. */
    boolean isOver();
}
