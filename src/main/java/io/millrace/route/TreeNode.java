package io.millrace.route;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One segment's node while a tree is built; used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
final class TreeNode {
    private static final Map<String, TreeNode> NONE = Map.of();

    /** Routes that end here. */
    List<Candidate> leaf = List.of();

    /** Routes that take whatever follows. */
    List<Candidate> catchAll = List.of();

    /** Where a parameter leads. */
    @Nullable TreeNode parameter;

    private Map<String, TreeNode> literals = NONE;

    /** Where the literal segments lead, in the order of their declaration. */
    Map<String, TreeNode> literals() {
        return literals;
    }

    /** Adds a route. */
    void add(PathPattern pattern, Candidate candidate) {
        TreeNode node = this;
        for (String segment : pattern.segments()) {
            node = node.child(segment);
        }
        if (pattern.catchAll()) {
            node.catchAll = with(node.catchAll, candidate);
        } else {
            node.leaf = with(node.leaf, candidate);
        }
    }

    /**
     * Whether it only leads on to one literal segment, so that its label can be joined with that
     * one's.
     */
    boolean isPassage() {
        return leaf.isEmpty() && catchAll.isEmpty() && parameter == null && literals.size() == 1;
    }

    /**
     * Puts all candidates in order and returns the most nodes and candidates that one look-up can
     * visit.
     */
    int seal() {
        leaf = sorted(leaf);
        catchAll = sorted(catchAll);
        int deepest = leaf.size();
        for (TreeNode child : literals.values()) {
            deepest = Math.max(deepest, child.seal());
        }
        int steps = 1 + deepest + catchAll.size() + (parameter == null ? 0 : parameter.seal());
        return Math.min(steps, RouteTree.MAX_STEPS + 1); // saturates: the sum could overflow
    }

    private TreeNode child(String segment) {
        if (segment.equals(PathPattern.PARAMETER)) {
            if (parameter == null) {
                parameter = new TreeNode();
            }
            return parameter;
        }
        if (literals.isEmpty()) {
            literals = new LinkedHashMap<>(4);
        }
        return literals.computeIfAbsent(segment, ignored -> new TreeNode());
    }

    private static List<Candidate> with(List<Candidate> list, Candidate candidate) {
        if (list.isEmpty()) {
            return List.of(candidate);
        }
        List<Candidate> longer = list instanceof ArrayList ? list : new ArrayList<>(list);
        longer.add(candidate);
        return longer;
    }

    private static List<Candidate> sorted(List<Candidate> list) {
        return list.size() < 2
                ? list
                : new ArrayList<>(list.stream().sorted(Candidate.MOST_SPECIFIC_FIRST).toList());
    }
}
