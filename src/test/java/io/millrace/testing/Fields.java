package io.millrace.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The fields of one message in the order received; immutable, safe from any thread. */
public record Fields(List<Fields.Field> list) {
    /** No field at all. */
    public static final Fields NONE = new Fields(List.of());

    /** One field, its value without surrounding whitespace; immutable, safe from any thread. */
    public record Field(String name, String value) {}

    public Fields {
        list = List.copyOf(list);
    }

    /** The values of all fields of that name, in order. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (Field field : list) {
            if (field.name().equalsIgnoreCase(name)) {
                values.add(field.value());
            }
        }
        return values;
    }

    public boolean has(String name) {
        return !all(name).isEmpty();
    }

    /** The value of the only field of that name, null when there is none. */
    public @Nullable String value(String name) {
        List<String> values = all(name);
        if (values.size() > 1) {
            throw new AssertionError("more than one " + name + ": " + values);
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    /** The comma-separated members of all fields of that name, in lower case. */
    public List<String> members(String name) {
        List<String> members = new ArrayList<>();
        for (String value : all(name)) {
            for (String member : value.split(",", -1)) {
                members.add(member.strip().toLowerCase(Locale.ROOT));
            }
        }
        return members;
    }
}
