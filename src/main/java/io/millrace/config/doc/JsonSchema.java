package io.millrace.config.doc;

import io.millrace.config.GatewayConfig;
import io.millrace.config.option.Option;
import io.millrace.config.option.OptionSpec;
import io.millrace.config.option.Shape;
import io.millrace.config.option.Shapes;
import io.millrace.config.option.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes the JSON Schema (draft 2020-12) of the configuration file; owned by no thread. */
public final class JsonSchema {
    private static final List<String> PLAIN = List.of("string", "number", "boolean");

    private JsonSchema() {}

    /** The schema as indented JSON. */
    public static String text() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Millrace configuration");
        schema.putAll(section(Shapes.section(GatewayConfig.class)));
        JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return mapper.writeValueAsString(schema).replace("\r\n", "\n") + "\n";
    }

    private static Map<String, Object> option(OptionSpec spec) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", spec.option().doc());
        Map<String, Object> shape = shape(spec.shape(), spec.option());
        boolean mayBeEmpty = !(spec.shape() instanceof Shape.Plain) && !spec.option().required();
        if (mayBeEmpty) {
            schema.put("anyOf", orNothing(shape, spec));
        } else {
            schema.putAll(shape);
        }
        if (spec.hasDefault()) {
            schema.put("default", defaultValue(spec));
        }
        return schema;
    }

    /** A group of keys may be empty, or the word that stands in its place. */
    private static List<Object> orNothing(Map<String, Object> shape, OptionSpec spec) {
        Map<String, Object> nothing = schema("type", "null");
        return spec.hasDefault()
                ? List.of(shape, schema("const", spec.option().defaultValue()), nothing)
                : List.of(shape, nothing);
    }

    private static Object defaultValue(OptionSpec spec) {
        String text = spec.option().defaultValue();
        return switch (spec.shape()) {
            case Shape.WholeNumber _ -> Integer.valueOf(text);
            case Shape.Flag _ -> Boolean.valueOf(text);
            default -> text;
        };
    }

    private static Map<String, Object> shape(Shape shape, Option option) {
        return switch (shape) {
            case Shape.Text _ -> text(option);
            case Shape.WholeNumber _ -> wholeNumber(option);
            case Shape.Flag _ -> schema("type", "boolean");
            case Shape.Size _ -> withUnit(Units.SIZE_PATTERN);
            case Shape.Time _ -> withUnit(Units.DURATION_PATTERN);
            case Shape.FilePath _ -> schema("type", "string", "pattern", "^/");
            case Shape.Choice choice -> schema("enum", List.copyOf(choice.constants().keySet()));
            case Shape.Custom custom ->
                    schema(
                            "type",
                            List.of("string", "integer"),
                            "pattern",
                            whole(custom.form().pattern()));
            case Shape.Section section -> section(section);
            case Shape.OneOf oneOf -> oneOf(oneOf);
            case Shape.Items items -> items(items, option);
            case Shape.Named named -> named(named, option);
        };
    }

    private static Map<String, Object> text(Option option) {
        Map<String, Object> schema = schema("type", PLAIN);
        if (!option.pattern().isEmpty()) {
            schema.put("pattern", whole(option.pattern()));
        }
        return schema;
    }

    private static Map<String, Object> wholeNumber(Option option) {
        Map<String, Object> schema = schema("type", "integer");
        if (!option.min().isEmpty()) {
            schema.put("minimum", Integer.valueOf(option.min()));
        }
        if (!option.max().isEmpty()) {
            schema.put("maximum", Integer.valueOf(option.max()));
        }
        return schema;
    }

    private static Map<String, Object> withUnit(String pattern) {
        Map<String, Object> schema =
                schema("type", List.of("string", "integer"), "pattern", whole(pattern));
        schema.put("maximum", 0);
        schema.put("minimum", 0);
        return schema;
    }

    private static Map<String, Object> section(Shape.Section section) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (OptionSpec spec : section.options()) {
            properties.put(spec.name(), option(spec));
            if (spec.option().required()) {
                required.add(spec.name());
            }
        }
        Map<String, Object> schema = schema("type", "object", "properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        alternatives(section, schema);
        return withShortForm(section, schema);
    }

    /** Options that take another's place: exactly one of them all. */
    private static void alternatives(Shape.Section section, Map<String, Object> schema) {
        Map<String, List<Object>> groups = new LinkedHashMap<>();
        for (OptionSpec spec : section.options()) {
            String other = spec.option().insteadOf();
            if (!other.isEmpty()) {
                groups.computeIfAbsent(
                                other,
                                first ->
                                        new ArrayList<>(
                                                List.of(Map.of("required", List.of(first)))))
                        .add(Map.of("required", List.of(spec.name())));
            }
        }
        groups.values().forEach(group -> schema.put("oneOf", group));
    }

    private static Map<String, Object> withShortForm(
            Shape.Section section, Map<String, Object> schema) {
        OptionSpec only = section.shortForm() == null ? null : section.option(section.shortForm());
        return only == null
                ? schema
                : schema("anyOf", List.of(shape(only.shape(), only.option()), schema));
    }

    private static Map<String, Object> oneOf(Shape.OneOf oneOf) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Shape.Section alternative : oneOf.alternatives()) {
            OptionSpec only = alternative.options().getFirst();
            properties.put(only.name(), option(only));
        }
        Map<String, Object> keys = schema("type", "object", "properties", properties);
        keys.put("additionalProperties", false);
        keys.put("minProperties", 1);
        keys.put("maxProperties", 1);
        return schema("anyOf", List.of(schema("type", PLAIN), keys));
    }

    private static Map<String, Object> items(Shape.Items items, Option option) {
        Map<String, Object> schema = schema("type", "array", "items", shape(items.item(), option));
        if (option.minItems() > 0) {
            schema.put("minItems", option.minItems());
        }
        return schema;
    }

    private static Map<String, Object> named(Shape.Named named, Option option) {
        Map<String, Object> schema =
                schema("type", "object", "additionalProperties", shape(named.value(), option));
        if (!option.keyPattern().isEmpty()) {
            schema.put("propertyNames", Map.of("pattern", whole(option.keyPattern())));
        }
        if (option.minItems() > 0) {
            schema.put("minProperties", option.minItems());
        }
        return schema;
    }

    private static String whole(String pattern) {
        return "^(?:" + pattern + ")$";
    }

    private static Map<String, Object> schema(String key, Object value) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put(key, value);
        return schema;
    }

    private static Map<String, Object> schema(
            String key, Object value, String key2, Object value2) {
        Map<String, Object> schema = schema(key, value);
        schema.put(key2, value2);
        return schema;
    }
}
