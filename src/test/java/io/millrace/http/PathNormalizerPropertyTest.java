package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Path normalisation against a model on strings. */
final class PathNormalizerPropertyTest {
    private static final String UNRESERVED = "[A-Za-z0-9._~-]";

    @Property(tries = 2000, seed = "20260101")
    void shouldAgreeWithTheModel(@ForAll("paths") String path) {
        assertThat(PathNormalizerTest.normalize(path)).isEqualTo(model(path));
    }

    @Property(tries = 2000, seed = "20260102")
    void shouldChangeNothingTheSecondTime(@ForAll("paths") String path) {
        String once = PathNormalizerTest.normalize(path);
        if (!once.equals("!")) {
            assertThat(PathNormalizerTest.normalize(once)).isEqualTo(once);
        }
    }

    @Property(tries = 2000, seed = "20260103")
    void shouldLeaveNoDotSegment(@ForAll("paths") String path) {
        assertThat(PathNormalizerTest.normalize(path)).doesNotContainPattern("/\\.\\.?(/|$)");
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of(
                        "/", "/", ".", "..", "a", "Z9", "%2e", "%2E", "%41", "%2f", "%e2", "%7E", "%25", "%00", "%", "%4", "~",
                        "%5c")
                .list()
                .ofMaxSize(12)
                .map(parts -> "/" + String.join("", parts));
    }

    private static String model(String path) {
        List<String> kept = new ArrayList<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            String segment = decode(segments[i]);
            boolean dots = segment.equals(".") || segment.equals("..");
            if (segment.equals("!") || (segment.equals("..") && kept.isEmpty())) {
                return "!";
            }
            if (segment.equals("..")) {
                kept.removeLast();
            }
            if (!dots || i == segments.length - 1) {
                kept.add(dots ? "" : segment);
            }
        }
        return "/" + String.join("/", kept);
    }

    private static String decode(String segment) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) != '%') {
                out.append(segment.charAt(i));
                continue;
            }
            String rest = segment.substring(i + 1);
            if (!rest.matches("(?s)[0-9A-Fa-f]{2}.*") || rest.startsWith("00")) {
                return "!";
            }
            String digits = rest.substring(0, 2);
            String decoded = String.valueOf((char) Integer.parseInt(digits, 16));
            out.append(decoded.matches(UNRESERVED) ? decoded : "%" + digits.toUpperCase(Locale.ROOT));
            i += 2;
        }
        return out.toString();
    }
}
