/**
 * Transfers of blobs. A {@link dev.freshet.proxy.upstream.blob.BlobDownload} makes of many calls one unbroken transfer of a
 * blob or a range of it: when a connection breaks, it goes on at the byte where it stopped. All downloads of one blob share
 * its {@link dev.freshet.proxy.upstream.blob.StorageLocation}: one signed URL serves them until it is about to expire, and then
 * one of them asks the registry for another.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.blob;
