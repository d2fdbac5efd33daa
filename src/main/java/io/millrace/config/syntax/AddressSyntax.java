package io.millrace.config.syntax;

import java.net.Inet6Address;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells addresses from host names without asking a resolver; owned by no thread. */
public final class AddressSyntax {
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern LABEL =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");

    private AddressSyntax() {}

    public static boolean isIpv4(String text) {
        return IPV4.matcher(text).matches();
    }

    public static boolean isIpv6(String text) {
        return ipv6(text) != null;
    }

    /**
     * Labels of letters, digits, hyphens and underscores; not all digits and dots (RFC 3696 §2).
     */
    public static boolean isHostName(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || name.length() > 253) {
            return false;
        }
        String last = name.substring(name.lastIndexOf('.') + 1);
        return hasLetter(last) && areLabels(name);
    }

    /** 4 or 16 bytes, or null when the text is no address; mapped IPv4 gives 16. */
    public static byte @Nullable [] address(String text) {
        return isIpv4(text) ? ipv4(text) : ipv6(text);
    }

    private static byte[] ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) {
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        return address;
    }

    private static byte @Nullable [] ipv6(String text) {
        if (text.length() > 45 || !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            byte[] address = Inet6Address.ofLiteral(text).getAddress();
            return address.length == 16 ? address : mapped(address);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static byte[] mapped(byte[] ipv4) {
        byte[] address = new byte[16];
        address[10] = (byte) 0xFF;
        address[11] = (byte) 0xFF;
        System.arraycopy(ipv4, 0, address, 12, 4);
        return address;
    }

    private static boolean areLabels(String name) {
        for (String label : name.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasLetter(String label) {
        return label.chars().anyMatch(c -> c < '0' || c > '9');
    }
}
