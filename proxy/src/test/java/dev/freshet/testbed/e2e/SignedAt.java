package dev.freshet.testbed.e2e;

/** The kinds of registries that hold signed images. */
enum SignedAt {

    /** Distribution 2.8, as Debian packages it: it has no referrers API, so clients keep a list of them under a tag. */
    DOCKER_REGISTRY("docker-registry"),
    /** One that lists referrers itself (OCI distribution spec 1.1, "Listing Referrers"). */
    REFERRERS_API("referrers-api");

    private final String directory;

    SignedAt(String directory) {
        this.directory = directory;
    }

    /** Where the operations of clients before it are kept. */
    String directory() {
        return directory;
    }
}
