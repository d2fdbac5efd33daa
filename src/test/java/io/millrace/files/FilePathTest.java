package io.millrace.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FilePathTest {
    private static final String NONE = "refused";

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "/a.txt > a.txt",
                "/ > ''",
                "/d/ > d/",
                "/d/e/f > d/e/f",
                "/a%20b > 'a b'",
                "/%C3%A9 > \u00e9",
                "/100%25 > 100%",
                "/%252e%252e/x > %2e%2e/x",
                "/a..b > a..b",
                "/.well-known/x > .well-known/x"
            })
    void shouldDecodeNames(String path, String name) {
        assertThat(decode(path, "", false)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "/..",
                "/../a",
                "/.",
                "/a/../b",
                "/a//b",
                "//a",
                "/a%2Fb",
                "/%2F",
                "/a%5Cb",
                "/a%00",
                "/a%0A",
                "/a%7F",
                "/a%",
                "/a%2",
                "/.hidden",
                "/d/.hidden/x",
                "/d/.well-known/x",
                "/.well-knownx"
            })
    void shouldRefuseWhatHasASecondMeaning(String path) {
        assertThat(decode(path, "", false)).isEqualTo(NONE);
    }

    @Test
    void shouldAllowDotFilesButNoDotSegmentsWhenTold() {
        assertThat(decode("/.hidden", "", true)).isEqualTo(".hidden");
        assertThat(decode("/d/..hidden", "", true)).isEqualTo("d/..hidden");
        assertThat(decode("/d/..", "", true)).isEqualTo(NONE);
        assertThat(decode("/d/./e", "", true)).isEqualTo(NONE);
    }

    @Test
    void shouldTakeThePrefixOffWholeSegments() {
        assertThat(decode("/static/a", "/static", false)).isEqualTo("a");
        assertThat(decode("/static/", "/static", false)).isEmpty();
        assertThat(decode("/static", "/static", false)).isEqualTo(NONE);
        assertThat(decode("/staticx/a", "/static", false)).isEqualTo(NONE);
        assertThat(decode("/other/a", "/static", false)).isEqualTo(NONE);
        assertThat(decode("/s", "/static", false)).isEqualTo(NONE);
    }

    private static String decode(String path, String prefix, boolean dotFiles) {
        byte[] bytes = ("<" + path + "/..").getBytes(StandardCharsets.US_ASCII);
        FileKey key = new FileKey();
        boolean sound =
                FilePath.decode(
                        new UnsafeBuffer(bytes),
                        1,
                        path.length(),
                        Asked.site("/srv", prefix, dotFiles),
                        key);
        return sound ? new String(key.path(), 0, key.length(), StandardCharsets.UTF_8) : NONE;
    }
}
