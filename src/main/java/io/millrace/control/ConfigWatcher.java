package io.millrace.control;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when the configuration file has changed; owned by its own thread of the control plane.
 *
 * <p>Watches the directory, since editors, Ansible and Kubernetes put a new file or a new symbolic
 * link in the old one's place. A link may also lead through directories that are not watched, and
 * some file systems tell nothing: so the file's state is looked at every two seconds as well.
 */
@OwnedBy(Role.ANY)
public final class ConfigWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatcher.class);
    private static final Duration QUIET = Duration.ofMillis(200);
    private static final Duration POLL = Duration.ofSeconds(2);

    /** A directory in which something is written without end must not put a reload off for ever. */
    private static final int MOST_ROUNDS = 25;

    private final Path file;
    private final Path directory;
    private final Runnable onChange;
    private final Duration poll;
    private final WatchService service;
    private final Thread thread;
    private @Nullable WatchKey key;
    private @Nullable FileFingerprint last;

    private ConfigWatcher(Path file, Runnable onChange, Duration poll) throws IOException {
        this.file = file.toAbsolutePath();
        this.directory = Objects.requireNonNull(this.file.getParent());
        this.onChange = onChange;
        this.poll = poll;
        this.service = directory.getFileSystem().newWatchService();
        this.thread = Thread.ofPlatform().name("config-watcher").daemon().unstarted(this::run);
    }

    /**
     * Begins to watch.
     *
     * @param onChange called on the watcher's thread, once the file has been quiet for 200 ms
     * @throws IOException when the system cannot watch files at all
     */
    public static ConfigWatcher start(Path file, Runnable onChange) throws IOException {
        return start(file, onChange, POLL);
    }

    static ConfigWatcher start(Path file, Runnable onChange, Duration poll) throws IOException {
        ConfigWatcher watcher = new ConfigWatcher(file, onChange, poll);
        watcher.register();
        watcher.last = FileFingerprint.of(watcher.file);
        watcher.thread.start();
        return watcher;
    }

    /** Ends the watching; a call of {@code onChange} under way is not waited for. */
    @Override
    public void close() throws IOException {
        service.close();
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                boolean event = await(poll);
                FileFingerprint now = FileFingerprint.of(file);
                if (event || isNews(now)) {
                    awaitQuiet();
                    tellIfNews();
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException _) {
            LOG.debug("no longer watching {}", file);
        }
    }

    private void tellIfNews() {
        FileFingerprint now = FileFingerprint.of(file);
        if (!isNews(now)) {
            return;
        }
        last = now;
        try {
            onChange.run();
        } catch (RuntimeException e) {
            LOG.error("reload after a change of {} failed", file, e);
        }
    }

    /** A file that is gone for a moment, or for good, is no news: there is nothing to load. */
    private boolean isNews(@Nullable FileFingerprint now) {
        return now != null && !now.equals(last);
    }

    private void awaitQuiet() throws InterruptedException {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            if (!await(QUIET)) {
                return;
            }
        }
    }

    /** True when something happened in the directory. */
    private boolean await(Duration longest) throws InterruptedException {
        WatchKey signalled = service.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
        if (signalled != null) {
            signalled.pollEvents();
            signalled.reset();
        }
        if (key == null || !key.isValid()) {
            register();
        }
        return signalled != null;
    }

    /** Also called when the directory was removed and is there again. */
    private void register() {
        try {
            key =
                    directory.register(
                            service,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            LOG.debug("{} cannot be watched, its file is polled: {}", directory, e.toString());
        }
    }
}
