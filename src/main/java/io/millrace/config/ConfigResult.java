package io.millrace.config;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.Position;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading a file: a configuration, or what is wrong with it; immutable, safe from any
 * thread.
 */
public final class ConfigResult {
    private final String file;
    private final String text;
    private final @Nullable Node root;
    private final @Nullable GatewayConfig config;
    private final List<ConfigProblem> problems;

    ConfigResult(
            String file,
            String text,
            @Nullable Node root,
            @Nullable GatewayConfig config,
            List<ConfigProblem> problems) {
        this.file = file;
        this.text = text;
        this.root = root;
        this.config = config;
        this.problems = problems;
    }

    static ConfigResult of(
            String file,
            String text,
            @Nullable Node root,
            @Nullable GatewayConfig config,
            Findings findings) {
        List<ConfigProblem> problems = new ArrayList<>();
        for (Findings.Finding f : findings.inOrder()) {
            problems.add(
                    new ConfigProblem(
                            file, f.position().line(), f.position().column(), f.message()));
        }
        int left = findings.count() - problems.size();
        if (left > 0) {
            problems.add(new ConfigProblem(file, 0, 0, left + " more problems are not shown"));
        }
        return new ConfigResult(
                file, text, root, problems.isEmpty() ? config : null, List.copyOf(problems));
    }

    /** The configuration, or null when there is any problem. */
    public @Nullable GatewayConfig config() {
        return config;
    }

    /** Everything that is wrong, in the order of the file. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    /** The name that the file was read by. */
    public String file() {
        return file;
    }

    /** The text that was read; empty when it could not be. */
    public String text() {
        return text;
    }

    /**
     * A problem at the place of an option.
     *
     * @param path for instance {@code routes[3].path}; when it is not written in the file, the
     *     nearest part of it that is
     */
    public ConfigProblem problemAt(String path, String message) {
        Position position = position(path);
        return new ConfigProblem(file, position.line(), position.column(), message);
    }

    /**
     * Where the value of an option stands; when absent, the nearest part of the path that is there.
     */
    public Position position(String path) {
        Node node = root;
        Position position = Position.START;
        String rest = path;
        while (node != null) {
            position = node.position();
            int step = step(node, rest);
            node = step == 0 ? null : child(node, rest.substring(0, step));
            rest = afterStep(rest, step);
        }
        return position;
    }

    /**
     * The text of a plain value as it is written, even if the file as a whole is wrong; null when
     * it is not there, or stands behind the place where the file could not be read any further.
     *
     * @param path keys joined by dots, for instance {@code server.stateDirectory}
     */
    public @Nullable String written(String path) {
        Node node = root;
        for (String key : path.split("\\.", -1)) {
            node = node instanceof Node.Mapping mapping ? mapping.get(key) : null;
        }
        return node instanceof Node.Scalar scalar ? scalar.text() : null;
    }

    /** The length of the longest key, or of the index, that the path begins with. */
    private static int step(Node node, String path) {
        if (node instanceof Node.Sequence) {
            return path.startsWith("[") ? path.indexOf(']') + 1 : 0;
        }
        int longest = 0;
        if (node instanceof Node.Mapping mapping) {
            for (Node.Entry entry : mapping.entries()) {
                longest = Math.max(longest, matches(path, entry.key()) ? entry.key().length() : 0);
            }
        }
        return longest;
    }

    private static boolean matches(String path, String key) {
        return path.startsWith(key)
                && (path.length() == key.length() || ".[".indexOf(path.charAt(key.length())) >= 0);
    }

    private static @Nullable Node child(Node node, String step) {
        if (node instanceof Node.Mapping mapping) {
            return mapping.get(step);
        }
        try {
            int index = Integer.parseInt(step.substring(1, step.length() - 1));
            List<Node> items = ((Node.Sequence) node).items();
            return index >= 0 && index < items.size() ? items.get(index) : null;
        } catch (NumberFormatException _) {
            return null;
        }
    }

    private static String afterStep(String path, int step) {
        String rest = path.substring(step);
        return rest.startsWith(".") ? rest.substring(1) : rest;
    }
}
