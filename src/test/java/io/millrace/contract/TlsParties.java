package io.millrace.contract;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A TLS server and clients that trust it, as the JDK makes them; owned by the test's thread. */
final class TlsParties {
    private static final int PATIENCE_MS = 10_000;

    private final SSLContext context;

    private TlsParties(SSLContext context) {
        this.context = context;
    }

    /** Parties that know one self-signed certificate for these names. */
    static TlsParties of(String... names) {
        try {
            CertificateBuilder builder = new CertificateBuilder().ecp256();
            builder.subject("CN=" + names[0]).setIsCertificateAuthority(true);
            for (String name : names) {
                builder.addSanDnsName(name);
            }
            X509Bundle bundle = builder.buildSelfSigned();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    bundle.toKeyManagerFactory().getKeyManagers(),
                    bundle.toTrustManagerFactory().getTrustManagers(),
                    null);
            return new TlsParties(context);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connects as a client and shakes hands. */
    SSLSocket connect(InetSocketAddress address, String serverName, String... protocols)
            throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.setSSLParameters(parameters(serverName, protocols));
        socket.setSoTimeout(PATIENCE_MS);
        socket.connect(address, PATIENCE_MS);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    /** What a client sends first. */
    byte[] clientHello(@Nullable String serverName, String... protocols) throws SSLException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.setSSLParameters(parameters(serverName, protocols));
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private SSLParameters parameters(@Nullable String serverName, String... protocols) {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setApplicationProtocols(protocols);
        if (serverName != null) {
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
        }
        return parameters;
    }

    /** Starts a server that speaks this protocol and sends everything back. */
    EchoServer echoServer(String protocol) throws IOException {
        SSLServerSocket server =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
        SSLParameters parameters = server.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        server.setSSLParameters(parameters);
        EchoServer started = new EchoServer(server);
        Thread.ofVirtual().name("tls-origin").start(started::accept);
        return started;
    }

    /** A TLS server that sends everything back; safe from any thread. */
    record EchoServer(SSLServerSocket server) implements Closeable {
        String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        private void accept() {
            while (true) {
                try {
                    SSLSocket accepted = (SSLSocket) server.accept();
                    Thread.ofVirtual().start(() -> echo(accepted));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private static void echo(SSLSocket socket) {
            try (socket) {
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException gone) {
                // The test asserts on what the client saw.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
