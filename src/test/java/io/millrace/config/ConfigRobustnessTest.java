package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.doc.SampleFile;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

final class ConfigRobustnessTest {
    private static final String SAMPLE = SampleFile.text();

    @Property(tries = 500)
    void shouldAnswerAnyTextWithAConfigurationOrProblems(@ForAll String text) {
        assertConfigOrProblems(text);
    }

    @Property(tries = 1000)
    void shouldAnswerAnyYamlLikeTextWithAConfigurationOrProblems(
            @ForAll
                    @CharRange(from = ' ', to = '~')
                    @CharRange(from = '\n', to = '\n')
                    @StringLength(max = 200)
                    String text) {
        assertConfigOrProblems(text);
    }

    @Property(tries = 1000)
    void shouldAnswerAnyDamageToTheSampleWithAConfigurationOrProblems(
            @ForAll @IntRange(max = 6000) int from,
            @ForAll @IntRange(max = 40) int removed,
            @ForAll @CharRange(from = '!', to = '~') @StringLength(max = 5) String inserted) {
        String active = SAMPLE.replaceAll("(?m)^( *)#(?! )", "$1");
        int start = from % active.length();
        int end = Math.min(active.length(), start + removed);
        assertConfigOrProblems(active.substring(0, start) + inserted + active.substring(end));
    }

    private static void assertConfigOrProblems(String text) {
        ConfigResult result = ConfigLoader.parse("f", text);
        assertThat(result.config() == null).isEqualTo(!result.problems().isEmpty());
        assertThat(result.problems()).allMatch(p -> p.toString().indexOf('\n') < 0);
    }
}
