package io.millrace.balance;

/** How busy each endpoint is, as one shard sees it; owned by one shard. */
public interface LoadView {
    /** Requests that this shard has under way or waiting at the endpoint. */
    int active(int endpoint);
}
