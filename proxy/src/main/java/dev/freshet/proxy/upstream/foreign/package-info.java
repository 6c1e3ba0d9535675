/**
 * Foreign layers: blobs that manifests list with URLs, as their registry may not hold them. {@link
 * dev.freshet.proxy.upstream.foreign.ForeignRules} decides which of the URLs may be asked; where an address leads is decided
 * again when it is connected, as for redirects. {@link dev.freshet.proxy.upstream.foreign.ForeignBlobs} keeps the turn in which
 * they are asked, and which of them are suspect; {@code ForeignCalls} asks them.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.foreign;
