package io.millrace.config.option;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes records out of a node tree and notes everything that does not fit; owned by the thread that
 * loads the file.
 *
 * <p>Whatever has a finding becomes null, and so does all that holds it; the parts that are sound
 * can still be had from {@link #bound}.
 */
public final class RecordBinder {
    private static final Object WRONG = new Object();
    private static final Pattern SIMPLE_KEY = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final Pattern ONE_WORD = Pattern.compile("[^\\s,]{1,64}");

    /** What means itself in a list; all else is put in quotes. */
    private static final Pattern BARE =
            Pattern.compile("[A-Za-z0-9/._]([A-Za-z0-9/._:-]*[A-Za-z0-9/._-])?");

    private final Findings findings;
    private final IdentityHashMap<Node, Object> bound = new IdentityHashMap<>();

    /** A binder for one file. */
    public RecordBinder(Findings findings) {
        this.findings = findings;
    }

    /** The record that the node describes, or null when something in it is wrong. */
    public <T> @Nullable T bind(Class<T> type, Node node) {
        Object value = section(Shapes.section(type), node, "", null);
        return value == WRONG ? null : type.cast(value);
    }

    /** What a node became, or null when it is wrong or became something else. */
    public <T> @Nullable T bound(Node node, Class<T> type) {
        Object value = bound.get(node);
        return type.isInstance(value) ? type.cast(value) : null;
    }

    private Object value(Shape shape, Node node, String path, Option option) {
        Object value =
                switch (shape) {
                    case Shape.Plain plain -> plain(plain, node, path, option);
                    case Shape.Section section -> section(section, node, path, option);
                    case Shape.OneOf oneOf -> oneOf(oneOf, node, path, option);
                    case Shape.Items items -> items(items, node, path, option);
                    case Shape.Named named -> named(named, node, path, option);
                };
        if (shape instanceof Shape.Section || shape instanceof Shape.Custom) {
            bound.put(node, value);
        }
        return value;
    }

    private Object plain(Shape.Plain shape, Node node, String path, Option option) {
        if (!(node instanceof Node.Scalar scalar)) {
            return wrong(
                    node.position(),
                    path,
                    "is " + kind(node) + " where one plain value belongs" + example(option));
        }
        try {
            return PlainValues.read(shape, scalar, option);
        } catch (IllegalArgumentException e) {
            return wrong(node.position(), path + ": " + e.getMessage());
        }
    }

    private Object section(Shape.Section section, Node node, String path, @Nullable Option option) {
        if (node instanceof Node.Scalar scalar && !node.isNothing()) {
            return plainForSection(section, scalar, path, option);
        }
        if (node instanceof Node.Sequence) {
            return wrong(node.position(), path, "is a list where " + keysBelong(section, option));
        }
        Node.Mapping mapping =
                node instanceof Node.Mapping written
                        ? written
                        : new Node.Mapping(node.position(), List.of());
        boolean sound = unknownKeys(mapping, section.names(), path);
        Object[] arguments = new Object[section.options().size()];
        for (int i = 0; i < arguments.length; i++) {
            Object value = component(section.options().get(i), mapping, path);
            sound &= value != WRONG;
            arguments[i] = value;
        }
        return sound ? make(section, arguments) : WRONG;
    }

    private Object plainForSection(
            Shape.Section section, Node.Scalar scalar, String path, @Nullable Option option) {
        OptionSpec only = section.shortForm() == null ? null : section.option(section.shortForm());
        if (only == null) {
            return wrong(
                    scalar.position(),
                    path,
                    "is " + Wording.quote(scalar.text()) + " where " + keysBelong(section, option));
        }
        Node.Entry entry = new Node.Entry(scalar.position(), only.name(), scalar);
        return section(section, new Node.Mapping(scalar.position(), List.of(entry)), path, option);
    }

    private @Nullable Object component(OptionSpec spec, Node.Mapping mapping, String path) {
        String childPath = path.isEmpty() ? spec.name() : path + "." + spec.name();
        Node node = mapping.get(spec.name());
        boolean plain = spec.shape() instanceof Shape.Plain;
        if (node != null && (plain || !node.isNothing())) {
            if (saysAbsent(spec, node)) {
                return null;
            }
            return value(spec.shape(), node, childPath, spec.option());
        }
        if (spec.option().required()) {
            Position at = node == null ? mapping.position() : node.position();
            return wrong(at, missing(spec, path));
        }
        return absent(spec, mapping, childPath);
    }

    private @Nullable Object absent(OptionSpec spec, Node.Mapping mapping, String path) {
        if (spec.absentIsNull()) {
            return null;
        }
        return switch (spec.shape()) {
            case Shape.Plain plain ->
                    PlainValues.parse(plain, spec.option().defaultValue(), spec.option());
            case Shape.Section section ->
                    section(
                            section,
                            new Node.Mapping(mapping.position(), List.of()),
                            path,
                            spec.option());
            case Shape.Items _ -> List.of();
            case Shape.Named _ -> Map.of();
            case Shape.OneOf _ -> throw new IllegalStateException(path + " has no default");
        };
    }

    /** True for the word that stands in place of a group of keys, as {@code off} does. */
    private static boolean saysAbsent(OptionSpec spec, Node node) {
        return spec.shape() instanceof Shape.Section
                && spec.hasDefault()
                && node instanceof Node.Scalar scalar
                && scalar.text().equals(spec.option().defaultValue());
    }

    private static String keysBelong(Shape.Section section, @Nullable Option option) {
        String word = option == null ? "" : option.defaultValue();
        return (word.isEmpty() ? "" : word + " or ")
                + "keys belong: "
                + names(section.names())
                + (word.isEmpty() ? "" : "; write {} for all of their defaults");
    }

    private Object oneOf(Shape.OneOf oneOf, Node node, String path, Option option) {
        if (node instanceof Node.Scalar) {
            return alternative(oneOf.alternatives().getFirst(), node, path);
        }
        if (node instanceof Node.Mapping mapping && unknownKeys(mapping, oneOf.names(), path)) {
            if (mapping.entries().size() == 1) {
                Node.Entry entry = mapping.entries().getFirst();
                int index = oneOf.names().indexOf(entry.key());
                return alternative(
                        oneOf.alternatives().get(index), entry.value(), path + "." + entry.key());
            }
            return wrong(
                    node.position(),
                    path,
                    "has "
                            + mapping.entries().size()
                            + " keys; write exactly one of "
                            + names(oneOf.names()));
        }
        return node instanceof Node.Mapping
                ? WRONG
                : wrong(
                        node.position(),
                        path,
                        "is a list where one value belongs" + example(option));
    }

    private Object alternative(Shape.Section section, Node node, String path) {
        OptionSpec only = section.options().getFirst();
        Object value = value(only.shape(), node, path, only.option());
        return value == WRONG ? WRONG : make(section, new Object[] {value});
    }

    private Object items(Shape.Items shape, Node node, String path, Option option) {
        if (!(node instanceof Node.Sequence sequence)) {
            return wrong(
                    node.position(),
                    path,
                    "is "
                            + kind(node)
                            + " where a list belongs"
                            + (isEntry(shape.item(), node, option)
                                    ? "; write [" + inList(((Node.Scalar) node).text()) + "]"
                                    : example(option)));
        }
        if (sequence.items().size() < option.minItems()) {
            return wrong(node.position(), path, "is empty" + example(option));
        }
        List<Object> values = new ArrayList<>(sequence.items().size());
        boolean sound = true;
        for (int i = 0; i < sequence.items().size(); i++) {
            Object value =
                    value(shape.item(), sequence.items().get(i), path + "[" + i + "]", option);
            sound &= value != WRONG;
            values.add(value);
        }
        return sound ? List.copyOf(values) : WRONG;
    }

    /** Whether the list was meant to have this one entry; what holds a comma may have been two. */
    private static boolean isEntry(Shape item, Node node, Option option) {
        return node instanceof Node.Scalar scalar
                && ONE_WORD.matcher(scalar.text()).matches()
                && new RecordBinder(new Findings()).value(item, node, "", option) != WRONG;
    }

    private static String inList(String text) {
        return BARE.matcher(text).matches() ? text : Wording.quote(text);
    }

    private Object named(Shape.Named shape, Node node, String path, Option option) {
        if (!(node instanceof Node.Mapping mapping)) {
            return wrong(
                    node.position(),
                    path,
                    "is " + kind(node) + " where names belong" + example(option));
        }
        if (mapping.entries().size() < option.minItems()) {
            return wrong(node.position(), path, "is empty" + example(option));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        boolean sound = true;
        for (Node.Entry entry : mapping.entries()) {
            sound &= checkKey(entry, path, option);
            Object value = value(shape.value(), entry.value(), step(path, entry.key()), option);
            sound &= value != WRONG;
            values.put(entry.key(), value);
        }
        return sound ? Collections.unmodifiableMap(values) : WRONG;
    }

    private boolean checkKey(Node.Entry entry, String path, Option option) {
        if (option.keyPattern().isEmpty() || Pattern.matches(option.keyPattern(), entry.key())) {
            return true;
        }
        wrong(
                entry.position(),
                path,
                "has the key "
                        + Wording.quote(entry.key())
                        + "; it must be "
                        + option.keyPatternHint());
        return false;
    }

    private boolean unknownKeys(Node.Mapping mapping, List<String> known, String path) {
        boolean sound = true;
        for (Node.Entry entry : mapping.entries()) {
            if (!known.contains(entry.key())) {
                sound = false;
                findings.add(
                        entry.position(),
                        (path.isEmpty() ? "" : path + ": ")
                                + "unknown key "
                                + Wording.quote(entry.key())
                                + Wording.didYouMean(entry.key(), known, ", ")
                                + " (known: "
                                + names(known)
                                + ")");
            }
        }
        return sound;
    }

    private static Object make(Shape.Section section, Object[] arguments) {
        try {
            return section.constructor().newInstance(arguments);
        } catch (InvocationTargetException | InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object wrong(Position at, String path, String message) {
        return wrong(at, (path.isEmpty() ? "the file" : path) + " " + message);
    }

    private Object wrong(Position at, String message) {
        findings.add(at, message);
        return WRONG;
    }

    private static String missing(OptionSpec spec, String path) {
        return (path.isEmpty() ? "" : path + ": ")
                + "the key "
                + Wording.quote(spec.name())
                + " is missing; write for instance "
                + spec.name()
                + ": "
                + spec.option().example();
    }

    private static String step(String path, String key) {
        return SIMPLE_KEY.matcher(key).matches()
                ? path + "." + key
                : path + "[" + Wording.quote(key) + "]";
    }

    private static String names(List<String> names) {
        return String.join(", ", names);
    }

    private static String kind(Node node) {
        return switch (node) {
            case Node.Mapping _ -> "a group of keys";
            case Node.Sequence _ -> "a list";
            case Node.Scalar scalar -> node.isNothing() ? "nothing" : Wording.quote(scalar.text());
        };
    }

    private static String example(Option option) {
        return option.example().isEmpty() ? "" : "; write for instance " + option.example();
    }
}
