package io.millrace.config.doc;

import io.millrace.config.GatewayConfig;
import io.millrace.config.option.Option;
import io.millrace.config.option.OptionSpec;
import io.millrace.config.option.Shape;
import io.millrace.config.option.Shapes;

/** Writes the reference of all options in Markdown; owned by no thread. */
public final class ReferencePage {
    private static final String INTRODUCTION =
            """
            # The configuration file

            This page is generated from the declarations in `io.millrace.config`; a test fails when it is not up to date.

            One YAML file, keys in camelCase. Durations are a whole number and a unit: `50us`, `250ms`, `5s`, `10m`, `1h`, `30d`.
            Sizes likewise: `512B`, `64KiB`, `1MiB`, `1GiB`. A bare `0` needs no unit. Aliases, merge keys and tags of YAML are
            not supported; a value that begins with `*` needs quotes: `"*.example.com"`. `millrace check --config FILE` prints everything that is wrong; `millrace schema` prints a
            JSON Schema for editors. *Reload* says whether a changed file is applied while running; the rest waits for a restart.
            """;

    private final StringBuilder out = new StringBuilder(INTRODUCTION);

    private ReferencePage() {}

    /** The page. */
    public static String text() {
        ReferencePage page = new ReferencePage();
        page.section("The file", Shapes.section(GatewayConfig.class), "");
        return page.out.toString();
    }

    private void section(String title, Shape.Section section, String path) {
        out.append("\n## ").append(title).append("\n\n");
        if (section.shortForm() != null) {
            out.append("May be written as one plain value, which is then `")
                    .append(section.shortForm())
                    .append("`.\n\n");
        }
        out.append(
                "| Key | Type | Default | Allowed | Reload | |\n| --- | --- | --- | --- | --- | --- |\n");
        for (OptionSpec spec : section.options()) {
            row(spec);
        }
        for (OptionSpec spec : section.options()) {
            below(path + spec.name(), spec.shape());
        }
    }

    private void row(OptionSpec spec) {
        Option option = spec.option();
        String instead =
                option.insteadOf().isEmpty() ? "" : " Instead of `" + option.insteadOf() + "`.";
        String with = option.onlyWith().isEmpty() ? "" : " Only with `" + option.onlyWith() + "`.";
        String example = option.example().isEmpty() ? "" : " Example: `" + option.example() + "`.";
        cells(
                "`" + spec.name() + "`",
                Words.type(spec),
                spec.hasDefault() ? "`" + option.defaultValue() + "`" : absent(option),
                Words.range(option),
                option.reloadable() ? "yes" : "no",
                option.doc() + instead + with + example);
    }

    private static String absent(Option option) {
        return option.required() ? "required" : "";
    }

    private void cells(String... cells) {
        for (String cell : cells) {
            out.append("| ").append(cell.replace("|", "\\|")).append(' ');
        }
        out.append("|\n");
    }

    private void below(String path, Shape shape) {
        switch (shape) {
            case Shape.Section section -> section("`" + path + "`", section, path + ".");
            case Shape.Items items -> below(path + "[]", items.item());
            case Shape.Named named -> below(path + ".NAME", named.value());
            case Shape.OneOf _, Shape.Plain _ -> {}
        }
    }
}
