package io.millrace.config.option;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads one YAML document into a {@link Node} tree; owned by the thread that loads the file.
 *
 * <p>Aliases, merge keys and tags are refused: nobody needs them in a file this small, and a few
 * lines of aliases can stand for gigabytes.
 */
public final class YamlReader {
    private static final int DEEPEST = 32;
    private static final int LONGEST_KEY = 1024;

    private final YAMLParser parser;
    private final Findings findings;

    private YamlReader(YAMLParser parser, Findings findings) {
        this.parser = parser;
        this.findings = findings;
    }

    /**
     * The document, or null when there is nothing but white space and comments.
     *
     * @param findings takes what is wrong without making the rest unreadable: duplicate keys,
     *     aliases
     * @throws YamlSyntaxException when the text cannot be read further
     */
    public static @Nullable Node read(String text, Findings findings) throws YamlSyntaxException {
        checkCharacters(text);
        LoadSettings settings = LoadSettings.builder().setCodePointLimit(text.length() + 1).build();
        YAMLFactory factory =
                YAMLFactory.builder()
                        .loadSettings(settings)
                        .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
            return new YamlReader((YAMLParser) parser, findings).document();
        } catch (JacksonException e) {
            throw syntax(e);
        }
    }

    private @Nullable Node document() throws YamlSyntaxException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return null;
        }
        Node root = value(first, 0);
        if (follows(root)) {
            throw new YamlSyntaxException(
                            here(),
                            "a second document begins here; the file must hold one only, remove \"---\"")
                    .inside(root);
        }
        return root;
    }

    private boolean follows(Node root) throws YamlSyntaxException {
        try {
            return parser.nextToken() != null;
        } catch (JacksonException e) {
            throw syntax(e).inside(root);
        }
    }

    private Node value(JsonToken token, int depth) throws YamlSyntaxException {
        Position position = here();
        if (depth > DEEPEST) {
            throw new YamlSyntaxException(position, "nested deeper than " + DEEPEST + " levels");
        }
        refuseTag(position);
        return switch (token) {
            case START_OBJECT -> mapping(position, depth);
            case START_ARRAY -> sequence(position, depth);
            default -> scalar(position, token);
        };
    }

    private Node mapping(Position position, int depth) throws YamlSyntaxException {
        List<Node.Entry> entries = new ArrayList<>();
        try {
            entries(entries, depth);
        } catch (YamlSyntaxException e) {
            throw e.inside(new Node.Mapping(position, List.copyOf(entries)));
        }
        return new Node.Mapping(position, List.copyOf(entries));
    }

    private void entries(List<Node.Entry> entries, int depth) throws YamlSyntaxException {
        Map<String, Position> seen = new HashMap<>();
        while (next() == JsonToken.PROPERTY_NAME) {
            Position at = here();
            String key = parser.currentName();
            if (key.length() > LONGEST_KEY) {
                throw new YamlSyntaxException(at, "key longer than " + LONGEST_KEY + " characters");
            }
            Position first = seen.putIfAbsent(key, at);
            Node value;
            try {
                value = value(next(), depth + 1);
            } catch (YamlSyntaxException e) {
                Node read = e.before();
                if (read != null && first == null) {
                    entries.add(new Node.Entry(at, key, read));
                }
                throw e;
            }
            if (first != null) {
                findings.add(at, duplicate(key, first));
            } else if (key.equals("<<")) {
                findings.add(at, "the merge key \"<<\" is not supported; write the keys out");
            } else {
                entries.add(new Node.Entry(at, key, value));
            }
        }
    }

    private Node sequence(Position position, int depth) throws YamlSyntaxException {
        List<Node> items = new ArrayList<>();
        try {
            for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
                items.add(value(token, depth + 1));
            }
        } catch (YamlSyntaxException e) {
            throw e.inside(new Node.Sequence(position, List.copyOf(items)));
        }
        return new Node.Sequence(position, List.copyOf(items));
    }

    private Node scalar(Position position, JsonToken token) {
        String text = parser.getString();
        if (parser.isCurrentAlias()) {
            findings.add(
                    position,
                    "*"
                            + text
                            + " is read by YAML as an alias, which is not supported; if a text was"
                            + " meant, put it in quotes: \"*"
                            + text
                            + "\"");
            return new Node.Scalar(position, "*" + text, Node.Kind.TEXT);
        }
        return switch (token) {
            case VALUE_NUMBER_INT -> new Node.Scalar(position, text, Node.Kind.WHOLE_NUMBER);
            case VALUE_NUMBER_FLOAT -> new Node.Scalar(position, text, Node.Kind.OTHER_NUMBER);
            case VALUE_TRUE, VALUE_FALSE -> new Node.Scalar(position, text, Node.Kind.FLAG);
            case VALUE_NULL -> new Node.Scalar(position, text, Node.Kind.NOTHING);
            default -> new Node.Scalar(position, text, Node.Kind.TEXT);
        };
    }

    private void refuseTag(Position position) {
        Object tag = parser.getTypeId();
        if (tag != null) {
            findings.add(position, "YAML tags are not supported; remove \"!" + tag + "\"");
        }
    }

    private JsonToken next() throws YamlSyntaxException {
        JsonToken token;
        try {
            token = parser.nextToken();
        } catch (JacksonException e) {
            throw syntax(e);
        }
        if (token == null) {
            throw new YamlSyntaxException(here(), "the file ends in the middle of a value");
        }
        return token;
    }

    private Position here() {
        return position(parser.currentTokenLocation());
    }

    private static Position position(@Nullable TokenStreamLocation location) {
        return location == null
                ? Position.START
                : new Position(
                        Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }

    private static String duplicate(String key, Position first) {
        return "duplicate key "
                + Wording.quote(key)
                + ", first written at line "
                + first.line()
                + "; keep one of them";
    }

    private static YamlSyntaxException syntax(JacksonException e) {
        if (!(e.getCause() instanceof MarkedYamlEngineException marked)) {
            return new YamlSyntaxException(
                    position(e.getLocation()),
                    "not valid YAML: " + oneLine(e.getOriginalMessage()));
        }
        Position otherwise = position(e.getLocation());
        String context = marked.getContext() == null ? "" : oneLine(marked.getContext());
        if (context.endsWith("scanning an alias") || context.endsWith("scanning an anchor")) {
            return new YamlSyntaxException(
                    position(marked.getContextMark(), otherwise),
                    "not valid YAML: a value that begins with * or & needs quotes, for instance"
                            + " \"*.example.com\"");
        }
        return new YamlSyntaxException(
                position(marked.getProblemMark(), otherwise),
                "not valid YAML: " + (context.isEmpty() ? "" : context + ", ") + plain(marked));
    }

    private static Position position(Optional<Mark> mark, Position otherwise) {
        return mark.map(m -> new Position(m.getLine() + 1, m.getColumn() + 1)).orElse(otherwise);
    }

    private static String plain(MarkedYamlEngineException e) {
        String problem = oneLine(e.getProblem());
        int hint = problem.indexOf(" (Do not use");
        if (hint > 0) {
            return problem.contains("TAB")
                    ? problem.substring(0, hint) + "; indent with spaces"
                    : problem.substring(0, hint) + "; put the value in quotes";
        }
        return problem.endsWith("found ':'")
                ? problem + "; a value that begins with a colon needs quotes"
                : problem;
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "unreadable" : text.strip().replaceAll("\\s+", " ");
    }

    private static void checkCharacters(String text) throws YamlSyntaxException {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
                lineStart = i + 1;
            } else if (isForbidden(c)) {
                throw new YamlSyntaxException(
                        new Position(line, i - lineStart + 1),
                        String.format(
                                "the character U+%04X may not stand in a YAML file; is this a text"
                                        + " file?",
                                (int) c));
            }
        }
    }

    private static boolean isForbidden(char c) {
        return (c < ' ' && c != '\t' && c != '\r')
                || (c >= 0x7F && c < 0xA0 && c != 0x85)
                || c == 0xFFFE
                || c == 0xFFFF;
    }
}
