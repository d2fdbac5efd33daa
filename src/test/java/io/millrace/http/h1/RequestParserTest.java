package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HeadLimits;
import io.millrace.http.HeaderId;
import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request head means once it is admitted. */
final class RequestParserTest {
    @Test
    void shouldFindEveryPartOfAnOriginFormRequest() {
        String text =
                "GET /a/b.html?q=1&r HTTP/1.1\r\nHost: Example.com:8080\r\nX-One: \t two words \t\r\nEmpty:\r\n\r\n";
        RequestHead head = Wire.request(text + "next");

        assertThat(head.length).isEqualTo(text.length());
        assertThat(head.method).isEqualTo(MethodId.GET);
        assertThat(Wire.text(head.bytes, head.methodOffset, head.methodLength)).isEqualTo("GET");
        assertThat(Wire.text(head.bytes, head.targetOffset, head.targetLength))
                .isEqualTo("/a/b.html?q=1&r");
        assertThat(path(head)).isEqualTo("/a/b.html");
        assertThat(Wire.text(head.bytes, head.queryOffset, head.queryLength)).isEqualTo("q=1&r");
        assertThat(authority(head)).isEqualTo("Example.com:8080");
        assertThat(host(head)).isEqualTo("Example.com");
        assertThat(head.minorVersion).isEqualTo(1);
        assertThat(head.targetForm).isEqualTo(RequestHead.ORIGIN_FORM);
        assertThat(head.pathNeedsNormalising).isFalse();
        assertThat(head.hasBody()).isFalse();
        assertThat(head.headers.count()).isEqualTo(3);
        assertThat(head.headers.id(0)).isEqualTo(HeaderId.HOST);
        assertThat(Wire.name(head, 1)).isEqualTo("X-One");
        assertThat(Wire.value(head, 1)).isEqualTo("two words");
        assertThat(Wire.name(head, 2)).isEqualTo("Empty");
        assertThat(Wire.value(head, 2)).isEmpty();
    }

    @Test
    void shouldTakeTheHostOutOfAnAbsoluteTarget() {
        RequestHead head = Wire.request("GET HTTP://[::1]:81?x HTTP/1.1\r\nHost: other\r\n\r\n");

        assertThat(head.targetForm).isEqualTo(RequestHead.ABSOLUTE_FORM);
        assertThat(authority(head)).isEqualTo("[::1]:81");
        assertThat(host(head)).isEqualTo("[::1]");
        assertThat(head.pathLength).isZero();
        assertThat(Wire.text(head.bytes, head.queryOffset, head.queryLength)).isEqualTo("x");
    }

    @Test
    void shouldSplitThePathFromAnAbsoluteTarget() {
        RequestHead head =
                Wire.request("GET https://h.example/p/../q HTTP/1.1\r\nHost: h.example\r\n\r\n");

        assertThat(host(head)).isEqualTo("h.example");
        assertThat(path(head)).isEqualTo("/p/../q");
        assertThat(head.pathNeedsNormalising).isTrue();
        assertThat(head.queryLength).isEqualTo(-1);
    }

    @Test
    void shouldTakeAnAsteriskWithOptionsOnly() {
        RequestHead head = Wire.request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");

        assertThat(head.targetForm).isEqualTo(RequestHead.ASTERISK_FORM);
        assertThat(head.pathLength).isZero();
        assertThat(Wire.outcome("GET * HTTP/1.1\r\nHost: h\r\n\r\n")).isEqualTo("BAD_TARGET");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,1",
        "HEAD,2",
        "POST,3",
        "PUT,4",
        "DELETE,5",
        "OPTIONS,7",
        "TRACE,8",
        "PATCH,9",
        "get,0",
        "PURGE,0",
        "GE,0",
        "GETS,0",
        "PROPPATCH,0",
        "!#$%&'*+-.^_`|~09aZ,0"
    })
    void shouldRecogniseMethodsByTheirExactName(String method, int id) {
        RequestHead head =
                Wire.request(method + " / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

        assertThat(head.method).isEqualTo(id);
        assertThat(head.methodLength).isEqualTo(method.length());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|Host: h|true",
                "1|Connection: close|false",
                "1|Connection: keep-alive, CLOSE|false",
                "1|Connection: foo|true",
                "0|Connection: Keep-Alive|true",
                "0|Connection: , keep-alive ,|true",
                "0|Accept: x|false",
            })
    void shouldKeepTheConnectionAsVersionAndOptionsSay(int minor, String field, boolean kept) {
        String host = field.startsWith("Host") ? "" : "Host: h\r\n";
        RequestHead head =
                Wire.request("GET / HTTP/1." + minor + "\r\n" + host + field + "\r\n\r\n");

        assertThat(head.keepAlive).isEqualTo(kept);
    }

    @Test
    void shouldSayWhenConnectionNamesFields() {
        String start = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nConnection: ";

        assertThat(Wire.request(start + "keep-alive\r\n\r\n").connectionNamesFields).isFalse();
        assertThat(Wire.request(start + "x-secret\r\n\r\n").connectionNamesFields).isTrue();
    }

    @Test
    void shouldReadTheDeclaredLength() {
        RequestHead head =
                Wire.request(
                        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 123456789012345678\r\n\r\n");

        assertThat(head.contentLength).isEqualTo(123456789012345678L);
        assertThat(head.hasBody()).isTrue();
        assertThat(head.chunked).isFalse();
    }

    @Test
    void shouldSayWhenTheBodyIsChunked() {
        RequestHead head =
                Wire.request("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n");

        assertThat(head.chunked).isTrue();
        assertThat(head.contentLength).isEqualTo(RequestHead.NO_LENGTH);
    }

    @Test
    void shouldHonourAnExpectationOfNewerClientsOnly() {
        String rest = "\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\n";

        assertThat(Wire.request("PUT / HTTP/1.1" + rest).expectContinue).isTrue();
        assertThat(Wire.request("PUT / HTTP/1.0" + rest).expectContinue).isFalse();
    }

    @Test
    void shouldTreatHigherMinorVersionsAsTheHighestKnown() {
        assertThat(Wire.request("GET / HTTP/1.7\r\nHost: h\r\n\r\n").minorVersion).isEqualTo(1);
    }

    @Test
    void shouldForgiveOneEmptyLineBeforeTheRequest() {
        assertThat(Wire.request("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n").methodOffset).isEqualTo(2);
        assertThat(Wire.outcome("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"))
                .isEqualTo("BAD_METHOD");
    }

    @Test
    void shouldLetOldClientsLeaveTheHostOut() {
        assertThat(Wire.request("GET / HTTP/1.0\r\n\r\n").authorityLength).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.", "/a/.b", "/%41", "/../", "/a%2Fb"})
    void shouldMarkPathsThatMustBeNormalised(String path) {
        assertThat(Wire.request("GET " + path + " HTTP/1.0\r\n\r\n").pathNeedsNormalising).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a.b/c..d", "//", "/a?b=/../%41"})
    void shouldNotMarkPathsThatAreNormalAlready(String path) {
        assertThat(Wire.request("GET " + path + " HTTP/1.0\r\n\r\n").pathNeedsNormalising)
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "X_Real_IP,true",
        "_,true",
        "X-Forwarded-For_,true",
        "Long-Name-With_One,true",
        "X-Real-IP,false"
    })
    void shouldSayWhenANameHasAnUnderscore(String name, boolean has) {
        String start = "GET /a_b HTTP/1.1\r\nHost: h_i\r\n";

        RequestHead head = Wire.request(start + name + ": c_d\r\nA: b\r\n\r\n");

        assertThat(head.underscoreInNames).isEqualTo(has);
    }

    @Test
    void shouldForgetTheHeadBefore() {
        RequestHead head = new RequestHead(100);
        Wire first =
                Wire.of(
                        "POST /%41 HTTP/1.1\r\nHost: h\r\nA_B: c\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
        Wire second = Wire.of("GET / HTTP/1.0\r\n\r\n");
        first.request(first.length(), HeadLimits.DEFAULT, head);
        second.request(second.length(), HeadLimits.DEFAULT, head);

        assertThat(
                        head.chunked
                                || head.expectContinue
                                || head.pathNeedsNormalising
                                || head.underscoreInNames)
                .isFalse();
        assertThat(head.hostLength + head.authorityLength + head.headers.count()).isZero();
        assertThat(head.headers.has(HeaderId.HOST)).isFalse();
    }

    private static String path(RequestHead head) {
        return Wire.text(head.bytes, head.pathOffset, head.pathLength);
    }

    private static String host(RequestHead head) {
        return Wire.text(head.bytes, head.hostOffset, head.hostLength);
    }

    private static String authority(RequestHead head) {
        return Wire.text(head.bytes, head.authorityOffset, head.authorityLength);
    }
}
