package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HeadLimits;
import io.millrace.http.RequestHead;
import io.millrace.http.ResponseHead;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of admitted and refused messages, each cut at every byte. */
final class TranscriptsTest {
    @ParameterizedTest
    @MethodSource("requests")
    void shouldJudgeARequestTheSameHoweverItIsCut(Transcript request) {
        Wire wire = Wire.of(request.text());
        RequestHead head = new RequestHead(100);
        String whole = Wire.describe(wire.request(wire.length(), HeadLimits.DEFAULT, head));

        assertThat(whole).isEqualTo(request.expected());
        int decided = 0;
        for (int cut = 0; cut <= wire.length(); cut++) {
            Wire part = Wire.of(request.text().substring(0, cut));
            int result = part.request(cut, HeadLimits.DEFAULT, head);
            assertThat(Wire.describe(result)).isIn("incomplete", whole);
            assertThat(decided == 0 || decided == result)
                    .as("a verdict is final, cut at %d", cut)
                    .isTrue();
            decided = result;
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    void shouldJudgeAResponseTheSameHoweverItIsCut(Transcript response) {
        Wire wire = Wire.of(response.text());
        ResponseHead head = new ResponseHead(100);
        String whole = Wire.describe(wire.response(wire.length(), HeadLimits.DEFAULT, head));

        assertThat(whole).isEqualTo(response.expected());
        int decided = 0;
        for (int cut = 0; cut <= wire.length(); cut++) {
            Wire part = Wire.of(response.text().substring(0, cut));
            int result = part.response(cut, HeadLimits.DEFAULT, head);
            assertThat(Wire.describe(result)).isIn("incomplete", whole);
            assertThat(decided == 0 || decided == result)
                    .as("a verdict is final, cut at %d", cut)
                    .isTrue();
            decided = result;
        }
    }

    @ParameterizedTest
    @MethodSource("chunks")
    void shouldFindTheSameDataHoweverTheBodyIsCut(Transcript body) {
        int length = body.text().length();
        assertThat(Dechunked.of(body.text(), length)).hasToString(body.expected());
        for (int first = 0; first <= length; first++) {
            for (int second = first; second <= length; second++) {
                Dechunked cut = Dechunked.of(body.text(), first, second, length);
                assertThat(cut).as("cut at %d and %d", first, second).hasToString(body.expected());
            }
        }
    }

    static List<Transcript> requests() {
        return Transcript.load("requests");
    }

    static List<Transcript> responses() {
        return Transcript.load("responses");
    }

    static List<Transcript> chunks() {
        return Transcript.load("chunks");
    }
}
