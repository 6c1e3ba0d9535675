package dev.freshet.testbed.image;

/** The two families of media types for the same things. */
public enum Family {

    /** OCI image spec 1.1, "Media Types". */
    OCI("application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip"),
    /** Docker's "Image Manifest Version 2, Schema 2". */
    DOCKER("application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.container.image.v1+json", "application/vnd.docker.image.rootfs.diff.tar.gzip");

    private final String index;
    private final String manifest;
    private final String config;
    private final String layer;

    Family(String index, String manifest, String config, String layer) {
        this.index = index;
        this.manifest = manifest;
        this.config = config;
        this.layer = layer;
    }

    /** The type of an index or manifest list. */
    public String index() {
        return index;
    }

    /** The type of a manifest. */
    public String manifest() {
        return manifest;
    }

    /** The type of a configuration. */
    public String config() {
        return config;
    }

    /** The type of a layer. */
    public String layer() {
        return layer;
    }
}
