package io.millrace.config.syntax;

import io.millrace.config.option.Wording;
import io.millrace.config.option.WrittenAs;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often something may happen, as written: {@code 10}, {@code 0.5/s}, {@code 5/m}; immutable,
 * safe from any thread.
 *
 * @param count above 0
 * @param per a second, a minute, an hour or a day
 */
@WrittenAs(
        value = "a rate such as 10 (a second), 0.5/s or 5/m",
        pattern = "[0-9]+(\\.[0-9]+)?(/(s|m|h|d))?")
public record Rate(BigDecimal count, Duration per) {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(?:/([smhd]))?");

    /** Reads a number with or without its unit. */
    public static Rate parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || new BigDecimal(form.group(1)).signum() == 0) {
            throw new IllegalArgumentException(
                    Wording.quote(text)
                            + " is no rate; write requests a second, above 0, or with a unit, for"
                            + " instance 10, 0.5/s, 5/m, 100/h or 1000/d");
        }
        String unit = form.group(2) == null ? "s" : form.group(2);
        return new Rate(
                new BigDecimal(form.group(1)),
                switch (unit) {
                    case "m" -> Duration.ofMinutes(1);
                    case "h" -> Duration.ofHours(1);
                    case "d" -> Duration.ofDays(1);
                    default -> Duration.ofSeconds(1);
                });
    }
}
