package io.millrace.config;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.Position;
import io.millrace.config.option.RecordBinder;
import io.millrace.config.option.YamlReader;
import io.millrace.config.option.YamlSyntaxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the configuration file and finds everything that is wrong with it; owned by the thread that
 * calls.
 */
public final class ConfigLoader {
    /** The largest file that is read; a million routes fit. */
    public static final int LARGEST_FILE = 256 << 20;

    private static final RouteCheck NO_CHECK = routes -> List.of();

    private ConfigLoader() {}

    /** Reads a file without looking for routes that can never win. */
    public static ConfigResult load(Path file) {
        return load(file, NO_CHECK);
    }

    /** Reads a file. */
    public static ConfigResult load(Path file, RouteCheck routeCheck) {
        String name = file.toString();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST_FILE + 1);
        } catch (NoSuchFileException _) {
            return unreadable(name, "there is no such file; say which with --config FILE");
        } catch (AccessDeniedException _) {
            return unreadable(name, "no permission to read the file; look at its owner and mode");
        } catch (IOException e) {
            return unreadable(
                    name,
                    Files.isDirectory(file)
                            ? "is a directory, not a file"
                            : "cannot be read: " + e.getMessage());
        }
        if (bytes.length > LARGEST_FILE) {
            return unreadable(name, "is larger than " + (LARGEST_FILE >> 20) + "MiB");
        }
        return decode(name, bytes, routeCheck);
    }

    /** Reads a text without looking for routes that can never win. */
    public static ConfigResult parse(String fileName, String text) {
        return parse(fileName, text, NO_CHECK);
    }

    /** Reads a text, without a look at what else must be in the file system. */
    public static ConfigResult parse(String fileName, String text, RouteCheck routeCheck) {
        return parse(fileName, text, routeCheck, false);
    }

    private static ConfigResult parse(
            String fileName, String text, RouteCheck routeCheck, boolean lookAtDisk) {
        Findings findings = new Findings();
        try {
            Node root =
                    YamlReader.read(text.startsWith("\uFEFF") ? text.substring(1) : text, findings);
            if (root == null) {
                findings.add(
                        Position.START,
                        "the file is empty; it needs at least listeners and routes");
                return ConfigResult.of(fileName, text, null, null, findings);
            }
            RecordBinder binder = new RecordBinder(findings);
            GatewayConfig config = binder.bind(GatewayConfig.class, root);
            if (root instanceof Node.Mapping mapping) {
                new SocketChecks(binder, findings).check(mapping);
                new UpstreamChecks(binder, findings).check(mapping);
                RouteChecks routes = new RouteChecks(binder, findings, lookAtDisk);
                routes.check(mapping, routeCheck);
                new ListenerChecks(findings, routes).check(mapping);
            }
            return ConfigResult.of(fileName, text, root, config, findings);
        } catch (YamlSyntaxException e) {
            findings.add(e.position(), e.problem());
            return ConfigResult.of(fileName, text, e.before(), null, findings);
        }
    }

    private static ConfigResult decode(String name, byte[] bytes, RouteCheck routeCheck) {
        CharBuffer text = CharBuffer.allocate(bytes.length);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, text, true);
        text.flip();
        if (result.isError()) {
            Findings findings = new Findings();
            findings.add(
                    endOf(text),
                    String.format(
                            "the byte 0x%02X is not UTF-8; save the file as UTF-8",
                            bytes[in.position()]));
            return ConfigResult.of(name, "", null, null, findings);
        }
        return parse(name, text.toString(), routeCheck, true);
    }

    private static Position endOf(CharBuffer text) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); i++) {
            boolean newLine = text.charAt(i) == '\n';
            line += newLine ? 1 : 0;
            column = newLine ? 1 : column + 1;
        }
        return new Position(line, column);
    }

    private static ConfigResult unreadable(String name, String message) {
        return new ConfigResult(
                name, "", null, null, List.of(new ConfigProblem(name, 0, 0, message)));
    }
}
