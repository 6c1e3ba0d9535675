/**
 * One registry as the rest of Freshet uses it ({@link dev.freshet.proxy.upstream.registry.Registry}), and as {@code doctor}
 * examines it ({@link dev.freshet.proxy.upstream.registry.RegistryProbe}). A {@code NegativeCache} remembers what the registry
 * does not have; {@code HeadTrust} decides how far its answers to HEAD are believed.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.registry;
