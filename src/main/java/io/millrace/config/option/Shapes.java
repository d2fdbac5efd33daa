package io.millrace.config.option;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Derives shapes from record declarations by reflection; owned by no thread. */
public final class Shapes {
    private Shapes() {}

    /** The shape of a record whose components all carry {@link Option}. */
    public static Shape.Section section(Class<?> type) {
        List<OptionSpec> options = new ArrayList<>();
        List<Class<?>> parameters = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            options.add(option(component));
            parameters.add(component.getType());
        }
        ShortForm shortForm = type.getAnnotation(ShortForm.class);
        return new Shape.Section(
                type,
                constructor(type, parameters),
                List.copyOf(options),
                shortForm == null ? null : shortForm.value());
    }

    private static OptionSpec option(RecordComponent component) {
        Option option = component.getAnnotation(Option.class);
        if (option == null) {
            throw new IllegalStateException(component + " has no @Option");
        }
        AnnotatedType type = component.getAnnotatedType();
        return new OptionSpec(
                component.getName(),
                shape(component.getGenericType()),
                option,
                type.isAnnotationPresent(Nullable.class));
    }

    private static Shape shape(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class
                    ? new Shape.Items(shape(arguments[0]))
                    : new Shape.Named(shape(arguments[1]));
        }
        return shape((Class<?>) type);
    }

    private static Shape shape(Class<?> type) {
        WrittenAs form = type.getAnnotation(WrittenAs.class);
        if (form != null) {
            return new Shape.Custom(type, form);
        }
        if (type.isEnum()) {
            return choice(type);
        }
        if (type.isSealed()) {
            return oneOf(type);
        }
        return type.isRecord() ? section(type) : simple(type);
    }

    private static Shape simple(Class<?> type) {
        if (type == String.class) {
            return new Shape.Text();
        } else if (type == int.class) {
            return new Shape.WholeNumber();
        } else if (type == boolean.class) {
            return new Shape.Flag();
        } else if (type == long.class) {
            return new Shape.Size();
        } else if (type == Duration.class) {
            return new Shape.Time();
        } else if (type == Path.class) {
            return new Shape.FilePath();
        }
        throw new IllegalStateException("no way to write a " + type);
    }

    private static Shape choice(Class<?> type) {
        Map<String, Object> constants = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            constants.put(constant.toString(), constant);
        }
        return new Shape.Choice(constants);
    }

    private static Shape oneOf(Class<?> type) {
        List<Shape.Section> alternatives = new ArrayList<>();
        for (Class<?> alternative : type.getPermittedSubclasses()) {
            alternatives.add(section(alternative));
        }
        return new Shape.OneOf(List.copyOf(alternatives));
    }

    private static Constructor<?> constructor(Class<?> type, List<Class<?>> parameters) {
        try {
            return type.getDeclaredConstructor(parameters.toArray(new Class<?>[0]));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }
}
