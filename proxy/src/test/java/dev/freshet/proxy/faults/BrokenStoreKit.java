package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.InMemoryProxy;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A proxy over a store on the heap that can be broken, and an image to pull from it. */
abstract class BrokenStoreKit {

    static final String REPO = "library/thing";
    static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    static final String HIT = "freshet; hit";
    static final String MISS = "freshet; fwd=uri-miss; stored";
    static final String PASSED = "freshet; fwd=uri-miss";
    static final byte[] BLOB = Bytes.random(3 * Bytes.MIB);
    static final byte[] CONFIG = Bytes.of("{}");

    @RegisterExtension
    final InMemoryProxy proxy = new InMemoryProxy();

    /** An image of {@link #CONFIG} and {@link #BLOB}, or of others that are said to be as long. */
    static byte[] manifest(Digest config, Digest layer) {
        return Bytes.of("""
                {"schemaVersion":2,"mediaType":"%s",
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}"""
                .formatted(TYPE, config, CONFIG.length, layer, BLOB.length));
    }
}
