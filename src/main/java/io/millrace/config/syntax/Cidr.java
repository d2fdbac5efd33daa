package io.millrace.config.syntax;

import io.millrace.config.option.Wording;
import io.millrace.config.option.WrittenAs;

/**
 * A network as written, for instance {@code 10.0.0.0/8}; immutable, safe from any thread.
 *
 * @param address 4 or 16 bytes, bits beyond the prefix zero
 * @param prefixLength 0 to 32 or 0 to 128
 */
@WrittenAs(value = "a network such as 10.0.0.0/8", pattern = "[0-9A-Fa-f:.]+(/[0-9]{1,3})?")
@SuppressWarnings("ArrayRecordComponent")
public record Cidr(byte[] address, int prefixLength) {
    /** Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or one address. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = AddressSyntax.address(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw wrong(text, "write an address and a prefix length, for instance 10.0.0.0/8");
        }
        int bits = address.length * 8;
        int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits);
        if (prefix < 0) {
            throw wrong(text, "the prefix length must be a number from 0 to " + bits);
        }
        if (!isZeroFrom(address, prefix)) {
            throw wrong(
                    text,
                    "bits beyond the first "
                            + prefix
                            + " are set; clear them or lengthen the prefix");
        }
        return new Cidr(address, prefix);
    }

    private static int prefix(String digits, int bits) {
        boolean number = !digits.isEmpty() && digits.length() <= 3;
        for (int i = 0; i < digits.length(); i++) {
            number &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        int prefix = number ? Integer.parseInt(digits) : -1;
        return prefix <= bits ? prefix : -1;
    }

    private static boolean isZeroFrom(byte[] address, int prefix) {
        for (int bit = prefix; bit < address.length * 8; bit++) {
            if ((address[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                return false;
            }
        }
        return true;
    }

    private static IllegalArgumentException wrong(String text, String right) {
        return new IllegalArgumentException(Wording.quote(text) + " is not a network; " + right);
    }
}
