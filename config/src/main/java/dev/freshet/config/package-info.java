/**
 * The option tree as records. Each component is an option: its name in kebab-case is the key, and one {@link
 * dev.freshet.config.Option} beside it declares the default, the bounds and the line of documentation. What reads,
 * checks, prints and documents the configuration ({@code config.load}) knows no key by name.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.config;
