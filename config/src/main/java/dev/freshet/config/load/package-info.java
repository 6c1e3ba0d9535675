/**
 * The way from text to {@link dev.freshet.config.FreshetConfig}. A file, environment variables and {@code --set} flags become one
 * tree in which every node has its origin ({@code Node}, {@code Origin}); the well-known registries are added
 * to it; the tree is bound to the records that declare the options ({@code Shape}, {@code Binder}); files with secrets
 * are read and options checked against each other. A {@code Report} collects the problems.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.config.load;
