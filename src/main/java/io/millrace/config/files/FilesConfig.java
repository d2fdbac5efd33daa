package io.millrace.config.files;

import io.millrace.config.option.Option;
import io.millrace.config.option.ShortForm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A directory whose files are served; immutable, safe from any thread. */
@ShortForm("root")
public record FilesConfig(
        @Option(
                        doc =
                                "The directory, as an absolute path; it must be there. No request leaves"
                                        + " it, not by a symbolic link either. The request's whole path is"
                                        + " looked up in it, without what stripPrefix takes off.",
                        required = true,
                        example = "/srv/www")
                Path root,
        @Option(
                        doc = "The file that is served for a directory; none when it is \"\".",
                        defaultValue = "index.html",
                        pattern = "(?!\\.{1,2}$)[^/\\x00-\\x1F\\x7F]{0,255}",
                        patternHint = "the name of a file, without a directory")
                String index,
        @Option(
                        doc = "The beginning of the path that is no part of the file's name.",
                        example = "/static",
                        pattern = "(/[A-Za-z0-9._~!$&'()+,;=:@-]+)+",
                        patternHint = "whole segments of the route's path, for instance /static")
                @Nullable String stripPrefix,
        @Option(
                        doc =
                                "Files that are tried in this order when the path names none, as paths in"
                                        + " the root; so a single-page application gets its page.",
                        example = "[/index.html]",
                        pattern = "(/(?!\\.{1,2}(/|$))[^/\\x00-\\x1F\\x7F]+)+",
                        patternHint = "the path of a file in the root, for instance /index.html")
                List<String> tryFiles,
        @Option(
                        doc = "The value of Cache-Control; no such field when left out.",
                        example = "public, max-age=3600",
                        pattern = "[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?",
                        patternHint = "visible ASCII, for instance max-age=3600")
                @Nullable String cacheControl,
        @Option(
                        doc =
                                "Content types by the end of the name, in lower case and without its dot,"
                                        + " before those that are built in.",
                        example = "{webmanifest: application/manifest+json}",
                        keyPattern = "[a-z0-9][a-z0-9_+-]{0,31}",
                        keyPatternHint = "the end of a name in lower case, for instance html",
                        pattern = "[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?",
                        patternHint = "a media type, for instance text/html; charset=utf-8")
                Map<String, String> types,
        @Option(
                        doc =
                                "Whether the siblings NAME.br, NAME.zst and NAME.gz are sent in place of"
                                        + " NAME to whoever accepts such a coding.",
                        defaultValue = "true")
                boolean precompressed,
        @Option(
                        doc =
                                "Whether names that begin with a dot are served; otherwise they are not"
                                        + " found, but for /.well-known.",
                        defaultValue = "false")
                boolean dotFiles) {}
