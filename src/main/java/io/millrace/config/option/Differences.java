package io.millrace.config.option;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds the options of a section that differ; owned by no thread (pure functions). */
public final class Differences {
    private Differences() {}

    /**
     * Adds the names of the options that differ between two records of one type.
     *
     * @param prefix what comes before the names, for instance {@code server.}
     * @param wanted which options are of interest
     */
    public static void find(
            String prefix,
            Record before,
            Record after,
            Predicate<Option> wanted,
            List<String> names) {
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            Object was = value(component, before);
            Object is = value(component, after);
            String name = prefix + component.getName();
            Option option = component.getAnnotation(Option.class);
            if (was instanceof Record section && is instanceof Record other && isSection(section)) {
                find(name + ".", section, other, wanted, names);
            } else if (!Objects.equals(was, is) && option != null && wanted.test(option)) {
                names.add(name);
            }
        }
    }

    private static boolean isSection(Record value) {
        RecordComponent[] components = value.getClass().getRecordComponents();
        return components.length > 0 && components[0].isAnnotationPresent(Option.class);
    }

    private static @Nullable Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record's accessor", e);
        }
    }
}
