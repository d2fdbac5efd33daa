package io.millrace.server;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of a listener's socket, which is taken only when nobody has it and given back only while
 * it is still ours; owned by the conductor's thread until it is bound, then by its listener's.
 */
final class UnixSocketPath extends DomainSocketAddress {
    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(UnixSocketPath.class);

    /** The file type in st_mode, and its value for a socket (inode(7)). */
    private static final int TYPE_MASK = 0170000;

    private static final int SOCKET = 0140000;

    /** The file that was made by binding. */
    private record Made(@Nullable Object key, FileTime time) {}

    private final transient Path path;
    private transient volatile @Nullable Made made;

    UnixSocketPath(String path) {
        super(path);
        this.path = Path.of(path);
    }

    /**
     * Makes room for binding: removes a socket that nobody listens on any more, for bind(2) would
     * fail with EADDRINUSE.
     *
     * @throws IOException when something else is there, or somebody who listens
     */
    void makeRoom() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE_MASK) != SOCKET) {
            throw new IOException("the path exists and is no socket");
        }
        if (isAnswered()) {
            throw new IOException("another process listens there");
        }
        Files.delete(path);
    }

    private boolean isAnswered() throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // A full backlog must not hold the conductor; it is an answer, too.
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException _) {
            return false;
        }
    }

    /** Remembers what binding has made. */
    void onBound() {
        made = look();
    }

    /** Removes the file if it is what binding made. */
    void remove() {
        Made own = made;
        if (own == null || !own.equals(look())) {
            return;
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("the socket {} could not be removed: {}", path, e.getMessage());
        }
    }

    /**
     * The path, as long as it leads to our socket: the channel unlinks what it leads to when it is
     * closed, without looking.
     */
    @Override
    public String path() {
        Made own = made;
        return own == null || own.equals(look()) ? super.path() : "";
    }

    private @Nullable Made look() {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Made(found.fileKey(), found.lastModifiedTime());
        } catch (IOException _) {
            return null;
        }
    }
}
