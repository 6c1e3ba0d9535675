package dev.freshet.testbed.client;

import dev.freshet.testbed.image.Image;

/** Where a client gets its images from. */
public sealed interface Route {

    /** {@code 127.0.0.1:port} of what the client talks to. */
    String authority();

    /** The name by which the client asks for this image, with a tag or digest after it. */
    String name(Image image, String suffix);

    /**
     * From Docker Hub, as far as the client knows; a mirror answers in its place.
     *
     * @param authority {@code 127.0.0.1:port} of the mirror
     */
    record Mirrored(String authority) implements Route {

        @Override
        public String name(Image image, String suffix) {
            return "docker.io/" + image.repository() + suffix;
        }
    }

    /**
     * From the upstream itself.
     *
     * @param authority {@code 127.0.0.1:port} of the registry
     */
    record Direct(String authority) implements Route {

        @Override
        public String name(Image image, String suffix) {
            return authority + "/" + image.repository() + suffix;
        }
    }
}
