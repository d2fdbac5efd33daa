package io.millrace.control;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** Hears of names whose addresses changed; called on the resolver's thread, must not block it. */
@FunctionalInterface
public interface AddressListener {
    /**
     * All names that have been answered, each with its addresses in ascending order; called only
     * when something differs from the last call.
     */
    void onAddresses(Map<String, List<InetAddress>> addresses);
}
