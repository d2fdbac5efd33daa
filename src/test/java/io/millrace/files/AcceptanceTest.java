package io.millrace.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.files.FileEntry.Kind;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AcceptanceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "gzip, deflate, br, zstd > BROTLI",
                "gzip, zstd > ZSTD",
                "GZIP > GZIP",
                "x-gzip > GZIP",
                "gzip;q=1.0, br;q=0.999 > GZIP",
                "gzip ; q=0.5 , zstd; Q=0.501 > ZSTD",
                "br;q=0, gzip;q=0.000 > IDENTITY",
                "br;q=0, * > ZSTD",
                "* > BROTLI",
                "*;q=0 > IDENTITY",
                "identity, br > BROTLI",
                "identity;q=1, br;q=0.9 > IDENTITY",
                "identity;q=0 > IDENTITY",
                "identity;q=0, gzip > GZIP",
                "deflate > IDENTITY",
                "br;q=1.001 > IDENTITY",
                "br;q=0.1234 > IDENTITY",
                "br;q= > IDENTITY",
                "br;q=x > IDENTITY",
                "br;level=1 > IDENTITY",
                "brotli > IDENTITY"
            })
    void shouldChooseWhatTheClientLikesBest(String field, Coding expected) {
        assertThat(choose(field)).isEqualTo(expected);
    }

    @Test
    void shouldCodeNothingForAClientThatSaysNothing() {
        Acceptance acceptance = new Acceptance();
        assertThat(coding(acceptance.choose(entry()))).isEqualTo(Coding.IDENTITY);
        UnsafeBuffer bytes = Asked.bytes("br");
        acceptance.add(bytes, 0, 2);
        acceptance.clear();
        assertThat(coding(acceptance.choose(entry()))).isEqualTo(Coding.IDENTITY);
    }

    private static Coding choose(String field) {
        Acceptance acceptance = new Acceptance();
        UnsafeBuffer bytes = Asked.bytes(field);
        acceptance.add(bytes, 0, bytes.capacity());
        return coding(acceptance.choose(entry()));
    }

    private static Coding coding(OpenFile file) {
        return Coding.of((int) file.size());
    }

    /** An entry with every coding, the size of each file being its coding's number. */
    private static FileEntry entry() {
        @Nullable OpenFile[] files = new @Nullable OpenFile[Coding.COUNT];
        for (int i = 0; i < files.length; i++) {
            files[i] =
                    new OpenFile(
                            OpenFile.NO_DESCRIPTOR,
                            new byte[0],
                            FileFacts.of(i, 0, 0, "v", "text/plain", Coding.of(i)));
        }
        FileThreads none = FileThreads.start(new FileThreads.Settings(0, 1, 0, 0));
        return new FileEntry(Kind.FILE, files, none);
    }
}
