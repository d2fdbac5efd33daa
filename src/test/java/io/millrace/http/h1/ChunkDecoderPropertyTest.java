package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is written in chunks is read back, wherever it is cut. */
final class ChunkDecoderPropertyTest {
    @Property(tries = 1000, seed = "20260106")
    void shouldReadBackWhatWasWritten(
            @ForAll("runs") List<String> runs, @ForAll("cuts") List<Integer> cuts, @ForAll("tails") String tail) {
        String message = write(runs) + tail;
        String wire = message + "NEXT";
        int[] ends = ends(cuts, wire.length());

        Dechunked result = Dechunked.of(wire, ends);

        assertThat(result.verdict()).isEqualTo("complete");
        assertThat(result.data()).isEqualTo(String.join("", runs));
        assertThat(result.consumed()).isEqualTo(message.length());
    }

    @Property(tries = 300, seed = "20260107")
    void shouldNeverTakeACutMessageForComplete(@ForAll("runs") List<String> runs) {
        String message = write(runs) + "0\r\n\r\n";
        for (int cut = 0; cut < message.length(); cut++) {
            assertThat(Dechunked.of(message, cut).verdict()).isEqualTo("incomplete");
        }
    }

    @Provide
    Arbitrary<List<String>> runs() {
        return Arbitraries.strings().withCharRange('\0', '\u00ff').ofMinLength(1).ofMaxLength(40).list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(0, 200).list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<String> tails() {
        return Arbitraries.of("0\r\n\r\n", "000\r\n\r\n", "0;x=y\r\n\r\n", "0\r\nX: y\r\nGrpc-Status:0\r\n\r\n");
    }

    private static String write(List<String> runs) {
        StringBuilder out = new StringBuilder();
        for (String run : runs) {
            out.append(String.format(Locale.ROOT, "%x\r\n", run.length())).append(run).append("\r\n");
        }
        return out.toString();
    }

    private static int[] ends(List<Integer> cuts, int length) {
        int[] ends = new int[cuts.size() + 1];
        for (int i = 0; i < cuts.size(); i++) {
            ends[i] = Math.min(cuts.get(i), length);
        }
        ends[cuts.size()] = length;
        Arrays.sort(ends);
        return ends;
    }
}
