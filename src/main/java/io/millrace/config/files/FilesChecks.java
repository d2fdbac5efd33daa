package io.millrace.config.files;

import io.millrace.config.option.Findings;
import io.millrace.config.option.Node;
import io.millrace.config.option.Wording;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks what a route says of files; owned by the thread that loads the file. */
public final class FilesChecks {
    private final Findings findings;
    private final boolean lookAtDisk;

    /**
     * Checks for one file.
     *
     * @param lookAtDisk whether the root must be there now; not so for a generation out of the
     *     store, which is served however little of it is left
     */
    public FilesChecks(Findings findings, boolean lookAtDisk) {
        this.findings = findings;
        this.lookAtDisk = lookAtDisk;
    }

    /** Notes what is wrong with the files of the route at {@code at}. */
    public void check(String at, Node.Mapping route) {
        Node files = route.get("files");
        if (files == null || files.isNothing()) {
            return;
        }
        checkMethods(at, route);
        if (files instanceof Node.Scalar root) {
            checkRoot(at + ".files", root);
        }
        if (files instanceof Node.Mapping keys) {
            checkRoot(at + ".files.root", scalar(keys, "root"));
            checkPrefix(at, scalar(keys, "stripPrefix"), scalar(route, "path"));
        }
    }

    private void checkMethods(String at, Node.Mapping route) {
        if (!(route.get("methods") instanceof Node.Sequence methods)) {
            return;
        }
        for (int i = 0; i < methods.items().size(); i++) {
            if (methods.items().get(i) instanceof Node.Scalar method
                    && !method.isNothing()
                    && !method.text().equals("GET")
                    && !method.text().equals("HEAD")) {
                findings.add(
                        method.position(),
                        at
                                + ".methods["
                                + i
                                + "]: files are served to GET and HEAD only, not to "
                                + Wording.quote(method.text())
                                + "; remove it, or give it a route of its own");
            }
        }
    }

    private void checkRoot(String at, Node.@Nullable Scalar root) {
        Path path = root == null || !lookAtDisk ? null : absolute(root.text());
        if (root == null || path == null) {
            return;
        }
        String wrong = null;
        if (!Files.exists(path)) {
            wrong = "is not there, or may not be seen by this user; make the directory first";
        } else if (!Files.isDirectory(path)) {
            wrong = "is not a directory; write the one that the files lie in";
        } else if (!Files.isExecutable(path)) {
            wrong = "may not be entered by this user; look at its owner and mode";
        }
        if (wrong != null) {
            findings.add(root.position(), at + ": " + Wording.quote(root.text()) + " " + wrong);
        }
    }

    /** The path, or null for what the option itself does not allow. */
    private static @Nullable Path absolute(String text) {
        try {
            Path path = Path.of(text);
            return path.isAbsolute() ? path : null;
        } catch (InvalidPathException _) {
            return null;
        }
    }

    private void checkPrefix(String at, Node.@Nullable Scalar prefix, Node.@Nullable Scalar path) {
        if (prefix == null || path == null || path.text().startsWith(prefix.text() + "/")) {
            return;
        }
        findings.add(
                prefix.position(),
                at
                        + ".files.stripPrefix: "
                        + Wording.quote(prefix.text())
                        + " is not how the route's path "
                        + Wording.quote(path.text())
                        + " begins; every request of the route must begin with it");
    }

    private static Node.@Nullable Scalar scalar(Node.Mapping mapping, String key) {
        return mapping.get(key) instanceof Node.Scalar scalar && !scalar.isNothing()
                ? scalar
                : null;
    }
}
