package io.millrace.sni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;

/** The bounds are those of the buffer: Agrona throws on any access beyond them. */
final class ClientHelloPropertyTest {
    private final ClientHello hello = new ClientHello();

    @Property
    void shouldReadBackWhatWasWritten(
            @ForAll("names") String name,
            @ForAll("protocols") List<String> protocols,
            @ForAll @IntRange(min = 1, max = 400) int fragment) {
        byte[] bytes = HelloBytes.of(name, protocols.toArray(String[]::new)).records(fragment);

        assertThat(read(bytes, bytes.length)).isEqualTo(HelloState.COMPLETE);
        assertThat(hello.serverName()).isEqualTo(name);
        assertThat(hello.protocols()).isEqualTo(protocols);
    }

    @Property
    void shouldSayTheSameForAnySplitOfAnyBytes(@ForAll("damaged") byte[] bytes) {
        HelloState whole = read(bytes, bytes.length);
        int wanted = 0;
        for (int length = 0; length <= bytes.length; length++) {
            HelloState part = read(bytes, length);
            if (length < wanted) {
                assertThat(part).isEqualTo(HelloState.INCOMPLETE);
            }
            assertThat(part).isIn(HelloState.INCOMPLETE, whole);
            if (part != HelloState.INCOMPLETE) {
                break;
            }
            wanted = Math.max(wanted, hello.wantedBytes());
        }
    }

    @Property
    void shouldStayWithinBoundsForAnyBytes(@ForAll byte[] bytes) {
        read(bytes, bytes.length);
        byte[] asRecord = HelloBytes.record(bytes);
        read(asRecord, asRecord.length);
        byte[] asHello = HelloBytes.record(HelloBytes.message(bytes));
        read(asHello, asHello.length);
        HelloBytes hello = new HelloBytes().extension(0, bytes).extension(16, bytes);
        byte[] asExtensions = hello.record();
        read(asExtensions, asExtensions.length);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withChars("abcxyz0189-_")
                .ofMinLength(1)
                .ofMaxLength(30)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(labels -> String.join(".", labels));
    }

    @Provide
    Arbitrary<List<String>> protocols() {
        return Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(20).list().ofMaxSize(4);
    }

    /** A hello in which up to three bytes are wrong. */
    @Provide
    Arbitrary<byte[]> damaged() {
        Arbitrary<byte[]> whole =
                Combinators.combine(names(), protocols(), Arbitraries.integers().between(1, 300))
                        .as((name, protocols, fragment) ->
                                HelloBytes.of(name, protocols.toArray(String[]::new))
                                        .records(fragment));
        Arbitrary<List<Integer>> places =
                Arbitraries.integers().between(0, 999).list().ofMaxSize(3);
        return Combinators.combine(whole, places, Arbitraries.bytes())
                .as((bytes, at, value) -> {
                    byte[] changed = bytes.clone();
                    at.forEach(place -> changed[place % changed.length] = value);
                    return changed;
                });
    }

    /** Reads a copy, so that a step beyond the length is one beyond the buffer. */
    private HelloState read(byte[] bytes, int length) {
        return hello.read(new UnsafeBuffer(Arrays.copyOf(bytes, length)), 0, length);
    }
}
