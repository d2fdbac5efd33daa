package io.millrace.files;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of one route, compiled from its configuration; immutable, safe from any thread.
 *
 * <p>Two sites are equal when a request finds the same in both.
 */
@OwnedBy(Role.ANY)
public final class FileSite {
    /**
     * What a site is made of; immutable, safe from any thread.
     *
     * @param root the directory, an absolute path
     * @param index name of a directory's own file, empty for none
     * @param stripPrefix beginning of the path that is no part of the name, empty for none
     * @param tryFiles what is tried when the path names no file, as paths in the root
     * @param cacheControl value of the field, or null for none
     * @param types content types by the end of the name, before the built-in ones
     * @param precompressed whether siblings with a content coding are looked for
     * @param dotFiles whether names that begin with a dot are found
     */
    public record Settings(
            String root,
            String index,
            String stripPrefix,
            List<String> tryFiles,
            @Nullable String cacheControl,
            Map<String, String> types,
            boolean precompressed,
            boolean dotFiles) {}

    private final Settings settings;
    private final byte[] root;
    private final byte[] index;
    private final byte[] stripPrefix;
    private final byte[][] fallbacks;
    private final byte[] cacheControlLine;

    /** Compiles a site. */
    public FileSite(Settings settings) {
        this.settings = settings;
        root = bytes(settings.root());
        index = bytes(settings.index());
        stripPrefix = bytes(settings.stripPrefix());
        fallbacks =
                settings.tryFiles().stream()
                        .map(path -> bytes(path.substring(1)))
                        .toArray(byte[][]::new);
        String cacheControl = settings.cacheControl();
        cacheControlLine =
                bytes(cacheControl == null ? "" : "Cache-Control: " + cacheControl + "\r\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    byte[] root() {
        return root;
    }

    byte[] index() {
        return index;
    }

    byte[] stripPrefix() {
        return stripPrefix;
    }

    /** How many files are tried when the path names none. */
    public int fallbackCount() {
        return fallbacks.length;
    }

    /** One of them, as a path relative to the root. */
    byte[] fallback(int number) {
        return fallbacks[number];
    }

    /** The whole line, empty when there is none. */
    byte[] cacheControlLine() {
        return cacheControlLine;
    }

    /** The content type that goes with the end of a name. */
    String type(String ending) {
        String own = settings.types().get(ending);
        return own == null ? ContentTypes.of(ending) : own;
    }

    boolean isPrecompressed() {
        return settings.precompressed();
    }

    boolean hasDotFiles() {
        return settings.dotFiles();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileSite site && site.settings.equals(settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    @Override
    public String toString() {
        return "files " + settings.root();
    }
}
