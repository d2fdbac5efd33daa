package io.millrace.server;

import io.millrace.downstream.ClientConnection;
import io.millrace.downstream.RequestSink;
import io.millrace.downstream.RequestSinks;
import io.millrace.http.HeadError;
import io.millrace.outcome.Outcome;
import io.millrace.proxy.Proxy;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/**
 * The way from a listener to its shard's proxy, which is there from the first snapshot on; owned by
 * one shard.
 */
@HotPath
@OwnedBy(Role.SHARD)
final class LateSinks implements RequestSinks {
    private final ShardRuntime runtime;

    LateSinks(ShardRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public RequestSink open(ClientConnection connection, boolean inTurn) {
        return proxy().open(connection, inTurn);
    }

    @Override
    public void refuse(RequestSink opened, HeadError error) {
        proxy().refuse(opened, error);
    }

    @Override
    public void refuse(RequestSink opened, Outcome outcome) {
        proxy().refuse(opened, outcome);
    }

    @Override
    public void closed(ClientConnection connection) {
        proxy().closed(connection);
    }

    private Proxy proxy() {
        Proxy ready = runtime.proxy();
        if (ready == null) {
            throw new IllegalStateException("a connection before the first snapshot");
        }
        return ready;
    }
}
