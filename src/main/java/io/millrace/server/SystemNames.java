package io.millrace.server;

import io.millrace.control.Names;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Resolves names through the system, once. */
final class SystemNames implements Names {
    @Override
    public Map<String, List<InetAddress>> follow(Set<String> names) {
        Map<String, List<InetAddress>> known = new HashMap<>();
        for (String name : names) {
            try {
                known.put(name, List.of(InetAddress.getAllByName(name)));
            } catch (UnknownHostException e) {
                known.put(name, List.of());
            }
        }
        return known;
    }
}
