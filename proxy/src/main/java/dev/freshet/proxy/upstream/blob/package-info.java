/**
 * Transfers of blobs. {@link dev.freshet.proxy.upstream.blob.RegistryBlobs} begins them, with what all {@link
 * dev.freshet.proxy.upstream.blob.Downloads} from one upstream share. A {@code BlobDownload} makes of many calls one unbroken
 * transfer of a blob or a range of it: when a connection breaks, it goes on at the byte where it stopped. All downloads of
 * one blob share its {@code StorageLocation}: one signed URL serves them until it is about to expire, and then
 * one of them asks the registry for another.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.blob;
