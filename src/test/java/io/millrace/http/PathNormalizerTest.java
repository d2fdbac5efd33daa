package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The one form that paths are matched on. */
final class PathNormalizerTest {
    @ParameterizedTest
    @CsvSource({
        "'',/",
        "/,/",
        "/a,/a",
        "/a/,/a/",
        "//a//b,//a//b",
        "/.,/",
        "/./,/",
        "/./a,/a",
        "/a/.,/a/",
        "/a/..,/",
        "/a/../,/",
        "/a/b/../../c,/c",
        "/a/b/..,/a/",
        "/a/./b/./,/a/b/",
        "/a/...,/a/...",
        "/.a/b.,/.a/b.",
        "/..a,/..a",
        "/%41%7e%2D,/A~-",
        "/%2e%2e/..x,!",
        "/a/%2E%2e/b,/b",
        "/a%2fb,/a%2Fb",
        "/%e2%82%ac,/%E2%82%AC",
        "/a//../b,/a/b",
        "/a%2f..%2Fb,/a%2F..%2Fb",
        "/%25%32%65,/%252e"
    })
    void shouldBringEquivalentPathsToOneForm(String path, String expected) {
        assertThat(normalize(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "/..",
                "/../a",
                "/a/../..",
                "/%2e%2e",
                "/%",
                "/%4",
                "/%4g",
                "/%g4",
                "/%00",
                "/a%00b",
                "/%+1"
            })
    void shouldRefusePathsThatAreMalformedOrLeaveTheRoot(String path) {
        assertThat(normalize(path)).isEqualTo("!");
    }

    static String normalize(String path) {
        UnsafeBuffer src = new UnsafeBuffer(path.getBytes(StandardCharsets.ISO_8859_1));
        UnsafeBuffer dst = new UnsafeBuffer(new byte[Math.max(1, path.length())]);
        int length = PathNormalizer.normalize(src, 0, path.length(), dst);
        if (length < 0) {
            assertThat(HeadError.ofResult(length)).isEqualTo(HeadError.BAD_TARGET);
            return "!";
        }
        return new String(dst.byteArray(), 0, length, StandardCharsets.ISO_8859_1);
    }
}
