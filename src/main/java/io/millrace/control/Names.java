package io.millrace.control;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the conductor learns what host names resolve to; called on the conductor's thread. */
public interface Names {
    /**
     * Follows these names from now on, and no others.
     *
     * @return what is known after a bounded wait; names without an answer yet are missing
     */
    Map<String, List<InetAddress>> follow(Set<String> names);
}
