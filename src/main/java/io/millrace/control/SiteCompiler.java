package io.millrace.control;

import io.millrace.config.RouteConfig;
import io.millrace.config.files.FileServingConfig;
import io.millrace.config.files.FilesConfig;
import io.millrace.files.FileSite;
import io.millrace.files.FileThreads;
import java.util.List;
import java.util.Objects;

/**
 * Compiles what the configuration says of files into what the shards run on; owned by no thread
 * (pure functions).
 */
public final class SiteCompiler {
    private SiteCompiler() {}

    /** Sites by number: the route image counts routes with files in the same order. */
    static List<FileSite> compile(List<RouteConfig> routes) {
        return routes.stream()
                .map(RouteConfig::files)
                .filter(Objects::nonNull)
                .map(SiteCompiler::site)
                .toList();
    }

    private static FileSite site(FilesConfig files) {
        String prefix = files.stripPrefix();
        return new FileSite(
                new FileSite.Settings(
                        files.root().toString(),
                        files.index(),
                        prefix == null ? "" : prefix,
                        files.tryFiles(),
                        files.cacheControl(),
                        files.types(),
                        files.precompressed(),
                        files.dotFiles()));
    }

    /** The bounds of serving files. */
    public static FileThreads.Settings bounds(FileServingConfig files) {
        return new FileThreads.Settings(
                files.threads(),
                files.maximumPending(),
                files.cachedPaths(),
                files.cacheTime().toNanos());
    }
}
