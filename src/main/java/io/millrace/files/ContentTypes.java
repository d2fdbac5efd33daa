package io.millrace.files;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.HashMap;
import java.util.Map;

/**
 * Content types by the end of a name; owned by no thread (constants).
 *
 * <p>As the WHATWG's MIME Sniffing standard and the IANA registry name them; text is said to be
 * UTF-8.
 */
@OwnedBy(Role.ANY)
final class ContentTypes {
    private static final String UNKNOWN = "application/octet-stream";
    private static final Map<String, String> TYPES = new HashMap<>();

    static {
        put("text/html; charset=utf-8", "html htm");
        put("text/css; charset=utf-8", "css");
        put("text/javascript; charset=utf-8", "js mjs cjs");
        put("text/plain; charset=utf-8", "txt text log conf ini");
        put("text/markdown; charset=utf-8", "md markdown");
        put("text/csv; charset=utf-8", "csv");
        put("text/calendar; charset=utf-8", "ics");
        put("text/vtt; charset=utf-8", "vtt");
        put("text/xml; charset=utf-8", "xml xsl");
        put("application/xhtml+xml", "xhtml");
        put("application/rss+xml", "rss");
        put("application/atom+xml", "atom");
        put("application/json", "json map");
        put("application/ld+json", "jsonld");
        put("application/manifest+json", "webmanifest");
        put("application/geo+json", "geojson");
        put("application/yaml", "yaml yml");
        put("application/toml", "toml");
        put("application/wasm", "wasm");
        put("application/pdf", "pdf");
        put("application/rtf", "rtf");
        put("application/epub+zip", "epub");
        put("application/zip", "zip");
        put("application/gzip", "gz tgz");
        put("application/zstd", "zst");
        put("application/x-bzip2", "bz2");
        put("application/x-xz", "xz");
        put("application/x-7z-compressed", "7z");
        put("application/x-tar", "tar");
        put("application/java-archive", "jar war");
        put("application/vnd.apple.mpegurl", "m3u8");
        put("application/dash+xml", "mpd");
        put("application/msword", "doc");
        put("application/vnd.ms-excel", "xls");
        put("application/vnd.ms-powerpoint", "ppt");
        put("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx");
        put("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx");
        put("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx");
        put("application/vnd.oasis.opendocument.text", "odt");
        put("application/vnd.oasis.opendocument.spreadsheet", "ods");
        put("image/png", "png");
        put("image/apng", "apng");
        put("image/jpeg", "jpg jpeg");
        put("image/gif", "gif");
        put("image/webp", "webp");
        put("image/avif", "avif");
        put("image/jxl", "jxl");
        put("image/svg+xml", "svg");
        put("image/bmp", "bmp");
        put("image/tiff", "tif tiff");
        put("image/vnd.microsoft.icon", "ico");
        put("audio/mpeg", "mp3");
        put("audio/mp4", "m4a");
        put("audio/aac", "aac");
        put("audio/ogg", "ogg oga opus");
        put("audio/flac", "flac");
        put("audio/wav", "wav");
        put("audio/midi", "mid midi");
        put("video/mp4", "mp4 m4v");
        put("video/webm", "webm");
        put("video/ogg", "ogv");
        put("video/mp2t", "ts");
        put("video/mpeg", "mpg mpeg");
        put("video/quicktime", "mov");
        put("video/x-matroska", "mkv");
        put("video/x-msvideo", "avi");
        put("font/woff", "woff");
        put("font/woff2", "woff2");
        put("font/ttf", "ttf");
        put("font/otf", "otf");
        put("application/vnd.ms-fontobject", "eot");
    }

    private ContentTypes() {}

    private static void put(String type, String endings) {
        for (String ending : endings.split(" ", -1)) {
            TYPES.put(ending, type);
        }
    }

    /** The type for an ending in lower case, without its dot. */
    static String of(String ending) {
        return TYPES.getOrDefault(ending, UNKNOWN);
    }
}
