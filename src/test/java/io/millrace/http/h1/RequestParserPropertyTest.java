package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HeadLimits;
import io.millrace.http.RequestHead;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Whatever is written as a valid head is read back as it was written. */
final class RequestParserPropertyTest {
    @Property(tries = 1000, seed = "20260104")
    void shouldReadBackWhatWasWritten(
            @ForAll("methods") String method,
            @ForAll("targets") String target,
            @ForAll("fields") List<Tuple2<String, String>> fields) {
        String text = write(method, target, fields);
        RequestHead head = Wire.request(text);

        assertThat(head.length).isEqualTo(text.length());
        assertThat(Wire.text(head.bytes, head.methodOffset, head.methodLength)).isEqualTo(method);
        assertThat(Wire.text(head.bytes, head.targetOffset, head.targetLength)).isEqualTo(target);
        assertThat(splitTarget(head)).isEqualTo(target);
        assertThat(head.headers.count()).isEqualTo(fields.size() + 1);
        for (int i = 0; i < fields.size(); i++) {
            assertThat(Wire.name(head, i + 1)).isEqualTo(fields.get(i).get1());
            assertThat(Wire.value(head, i + 1)).isEqualTo(fields.get(i).get2().strip());
        }
    }

    @Property(tries = 200, seed = "20260105")
    void shouldAskForMoreAtEveryByteButTheLast(
            @ForAll("methods") String method,
            @ForAll("targets") String target,
            @ForAll("fields") List<Tuple2<String, String>> fields) {
        Wire wire = Wire.of(write(method, target, fields));
        RequestHead head = new RequestHead(100);
        for (int cut = 0; cut < wire.length(); cut++) {
            assertThat(wire.request(cut, HeadLimits.DEFAULT, head)).isZero();
        }
        assertThat(wire.request(wire.length(), HeadLimits.DEFAULT, head)).isEqualTo(wire.length());
    }

    @Provide
    Arbitrary<String> methods() {
        Arbitrary<String> any = tokens().filter(token -> !token.equals("CONNECT"));
        return Arbitraries.oneOf(Arbitraries.of("GET", "HEAD", "POST", "DELETE", "PATCH"), any);
    }

    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> path = text("abcXYZ019-._~!$&'()*+,;=:@/|[]{}", 20).map(p -> "/" + p);
        Arbitrary<String> query = text("abc=&?/%+|\\^`'", 15).map(q -> "?" + q);
        return Combinators.combine(path, Arbitraries.oneOf(Arbitraries.just(""), query)).as(String::concat);
    }

    @Provide
    Arbitrary<List<Tuple2<String, String>>> fields() {
        // A prefix keeps the names apart from those that have rules of their own.
        Arbitrary<String> names = tokens().map(token -> "Z" + token);
        Arbitrary<String> values = Arbitraries.strings().withChars(" \t").withCharRange('!', '~').withCharRange('\u00a1', '\u00ff').ofMaxLength(40);
        return Combinators.combine(names, values).as(Tuple::of).list().ofMaxSize(12);
    }

    private static Arbitrary<String> tokens() {
        return Arbitraries.strings().alpha().numeric().withChars("!#$%&'*+-.^_`|~").ofMinLength(1).ofMaxLength(20);
    }

    private static Arbitrary<String> text(String chars, int longest) {
        return Arbitraries.strings().withChars(chars).ofMaxLength(longest);
    }

    private static String write(String method, String target, List<Tuple2<String, String>> fields) {
        StringBuilder out = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: h\r\n");
        for (Tuple2<String, String> field : fields) {
            out.append(field.get1()).append(':').append(field.get2()).append("\r\n");
        }
        return out.append("\r\n").toString();
    }

    private static String splitTarget(RequestHead head) {
        String path = Wire.text(head.bytes, head.pathOffset, head.pathLength);
        return head.queryLength < 0 ? path : path + "?" + Wire.text(head.bytes, head.queryOffset, head.queryLength);
    }
}
