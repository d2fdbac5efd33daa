package io.millrace.config.doc;

import io.millrace.config.GatewayConfig;
import io.millrace.config.option.Option;
import io.millrace.config.option.OptionSpec;
import io.millrace.config.option.Shape;
import io.millrace.config.option.Shapes;

/**
 * Writes the commented sample file; owned by no thread.
 *
 * <p>It works as it stands. A line that begins with {@code #} and a key is an option at its default
 * (or an example, where there is none); prose begins with {@code #} and a space.
 */
public final class SampleFile {
    private static final int WIDTH = 96;
    private static final String INTRODUCTION =
            """
            # Millrace configuration, generated from the declarations of its options.
            # Lines that begin with "# " explain; "#key: value" is an option at its default, or an example.
            # Check a change with: millrace check --config FILE. A running gateway reloads this file by itself.
            """;

    private final StringBuilder out = new StringBuilder(INTRODUCTION);

    private SampleFile() {}

    /** The file. */
    public static String text() {
        SampleFile sample = new SampleFile();
        for (OptionSpec spec : Shapes.section(GatewayConfig.class).options()) {
            sample.out.append('\n');
            sample.option(spec, "");
        }
        return sample.out.toString();
    }

    private void options(Shape.Section section, String indent) {
        for (OptionSpec spec : section.options()) {
            option(spec, indent);
        }
    }

    private void option(OptionSpec spec, String indent) {
        prose(indent, spec.option().doc() + " " + Words.facts(spec));
        if (!spec.option().insteadOf().isEmpty()) {
            String instead = "Instead of " + spec.option().insteadOf() + ": ";
            prose(indent, instead + spec.name() + ": " + spec.option().example());
            return;
        }
        if (!spec.option().onlyWith().isEmpty()) {
            Option option = spec.option();
            String value = spec.hasDefault() ? option.defaultValue() : option.example();
            prose(indent, "With " + option.onlyWith() + ": " + spec.name() + ": " + value);
            return;
        }
        switch (spec.shape()) {
            case Shape.Section section when spec.hasDefault() -> {
                line(spec, indent);
                prose(indent, "In its place, an object of these keys:");
                entryKeys(section, indent);
            }
            case Shape.Section _ when spec.absentIsNull() ->
                    out.append(indent)
                            .append('#')
                            .append(spec.name())
                            .append(": ")
                            .append(spec.option().example())
                            .append('\n');
            case Shape.Section section -> {
                key(indent, spec.name());
                options(section, indent + "  ");
            }
            case Shape.Named(Shape.Section section) when !isOptional(section) -> {
                key(indent, spec.name());
                key(indent + "  ", sampleName(spec.name()));
                options(section, indent + "    ");
            }
            case Shape.Items(Shape.Section section) when section.shortForm() == null -> {
                key(indent, spec.name());
                int from = out.length();
                options(section, indent + "    ");
                startItem(from, indent);
            }
            default -> line(spec, indent);
        }
    }

    /** Whether nothing needs to be in it: then one line says more than all its keys. */
    private static boolean isOptional(Shape.Section section) {
        return section.options().stream().allMatch(OptionSpec::absentIsNull);
    }

    /** Puts the dash of a list's first entry before its first key. */
    private void startItem(int from, String indent) {
        String item = out.substring(from);
        out.setLength(from);
        String keyStart = "\n" + indent + "    name:";
        out.append(item.replace(keyStart, "\n" + indent + "  - name:"));
    }

    private void line(OptionSpec spec, String indent) {
        Option option = spec.option();
        String value = spec.hasDefault() ? option.defaultValue() : option.example();
        boolean active = option.required() || (spec.absentIsNull() && !spec.hasDefault());
        out.append(indent).append(active ? "" : "#").append(spec.name()).append(": ");
        out.append(value).append('\n');
        if (spec.shape() instanceof Shape.Items(Shape.Section section)) {
            prose(indent, "An entry may also be an object of these keys:");
            entryKeys(section, indent);
        }
    }

    private void entryKeys(Shape.Section section, String indent) {
        for (OptionSpec spec : section.options()) {
            Option option = spec.option();
            String value = spec.hasDefault() ? option.defaultValue() : option.example();
            String text = option.doc() + " " + Words.facts(spec);
            prose(indent, "  " + spec.name() + ": " + value + " - " + text);
        }
    }

    private void key(String indent, String name) {
        out.append(indent).append(name).append(":\n");
    }

    private void prose(String indent, String text) {
        String start = indent + "#" + (text.startsWith("  ") ? "   " : " ");
        StringBuilder line = new StringBuilder(start);
        for (String word : text.strip().split(" ", -1)) {
            if (line.length() + word.length() > WIDTH) {
                out.append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                line.append(start);
            }
            line.append(word).append(' ');
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static String sampleName(String section) {
        return section.equals("listeners") ? "http" : "app";
    }
}
