package dev.freshet.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A declaration of an option. The component's name is the key and its type the unit: a {@code Record} is a group of options, a
 * {@code Map} a group for each name, an {@code Optional} may be left out, a {@code List} is empty by default.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Option {

    /** What the option does, in one line. */
    String doc();

    /**
     * The default, written as in a file; {@code <name>} in it stands for the name of the map's entry. Every option that
     * is not a group, a map, a list or optional has one.
     */
    String defaultValue() default "";

    /** The least value allowed, written as in a file; none when empty. */
    String min() default "";

    /** The greatest value allowed, written as in a file; none when empty. */
    String max() default "";
}
