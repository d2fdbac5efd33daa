package io.millrace.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HeadLimits;
import io.millrace.http.RequestHead;
import io.millrace.http.ResponseHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mutated messages: the parsers never throw, never read past the end, never admit what the naive check refuses. */
final class ParserFuzzTest {
    private static final int MUTANTS_PER_SEED = 50_000;
    private static final int MEMORY = 4096;
    private static final byte[] ODD_BYTES = {'\r', '\n', 0, ' ', '\t', ':', ',', '/', '%', '.', '0', '[', (byte) 0x80, 0x7f, ';'};

    private final UnsafeBuffer memory = new UnsafeBuffer(ByteBuffer.allocateDirect(MEMORY));
    private final RequestHead request = new RequestHead(100);
    private final ResponseHead response = new ResponseHead(100);
    private int admitted;

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42, 20260101})
    void shouldSurviveMutants(long seed) {
        Random random = new Random(seed);
        List<Transcript> requests = Transcript.load("requests");
        List<Transcript> responses = Transcript.load("responses");
        List<Transcript> chunks = Transcript.load("chunks");
        for (int i = 0; i < MUTANTS_PER_SEED; i++) {
            switch (random.nextInt(4)) {
                case 0 -> checkResponse(mutant(responses, random), random);
                case 1 -> checkBody(mutant(chunks, random), random);
                default -> checkRequest(mutant(requests, random), random);
            }
        }
        assertThat(admitted).as("mutants that were admitted").isGreaterThan(100);
    }

    private void checkRequest(byte[] mutant, Random random) {
        int result = RequestParser.parse(place(mutant), mutant.length, HeadLimits.DEFAULT, request);
        if (result > 0) {
            admitted++;
            NaiveHeadCheck.request(new String(mutant, 0, result, StandardCharsets.ISO_8859_1));
        }
        int cut = random.nextInt(mutant.length + 1);
        int part = RequestParser.parse(place(mutant), cut, HeadLimits.DEFAULT, request);
        assertThat(part == 0 || part == result).as("cut at %d of %s", cut, new Transcript("", latin(mutant))).isTrue();
    }

    private void checkResponse(byte[] mutant, Random random) {
        int result = ResponseParser.parse(place(mutant), mutant.length, HeadLimits.DEFAULT, response);
        if (result > 0) {
            admitted++;
            NaiveHeadCheck.response(new String(mutant, 0, result, StandardCharsets.ISO_8859_1));
        }
        int cut = random.nextInt(mutant.length + 1);
        int part = ResponseParser.parse(place(mutant), cut, HeadLimits.DEFAULT, response);
        assertThat(part == 0 || part == result).as("cut at %d of %s", cut, new Transcript("", latin(mutant))).isTrue();
    }

    private void checkBody(byte[] mutant, Random random) {
        String text = latin(mutant);
        Dechunked whole = Dechunked.of(text, mutant.length);
        Dechunked cut = Dechunked.of(text, random.nextInt(mutant.length + 1), mutant.length);
        assertThat(cut).hasToString(whole.toString());
        if (whole.verdict().equals("complete")) {
            admitted++;
            assertThat(text.substring(0, whole.consumed())).matches("(?s)[0-9A-Fa-f].*\r\n\r\n");
        }
    }

    /** The mutant's bytes at the very end of the memory. */
    private long place(byte[] mutant) {
        memory.putBytes(MEMORY - mutant.length, mutant);
        return memory.addressOffset() + MEMORY - mutant.length;
    }

    private static byte[] mutant(List<Transcript> seeds, Random random) {
        StringBuilder text = new StringBuilder(pick(seeds, random));
        for (int i = random.nextInt(4); i >= 0; i--) {
            mutate(text, seeds, random);
        }
        text.setLength(Math.min(text.length(), MEMORY));
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void mutate(StringBuilder text, List<Transcript> seeds, Random random) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + random.nextInt(8));
        char odd = (char) (ODD_BYTES[random.nextInt(ODD_BYTES.length)] & 0xff);
        switch (random.nextInt(7)) {
            case 0 -> text.insert(at, odd);
            case 1 -> text.insert(at, (char) random.nextInt(256));
            case 2 -> text.delete(at, to);
            case 3 -> text.insert(at, text.substring(at, to));
            case 4 -> text.replace(at, Math.min(text.length(), at + 1), String.valueOf(odd));
            case 5 -> text.setLength(at);
            default -> {
                String other = pick(seeds, random);
                text.setLength(at);
                text.append(other, random.nextInt(other.length() + 1), other.length());
            }
        }
    }

    private static String pick(List<Transcript> seeds, Random random) {
        return seeds.get(random.nextInt(seeds.size())).text();
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
