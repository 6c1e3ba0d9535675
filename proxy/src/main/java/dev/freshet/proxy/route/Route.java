package dev.freshet.proxy.route;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.error.OciError;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** The target of a request: the content that it asks for. */
public sealed interface Route {

    /** The registry that it is asked of; empty when it is none. */
    Optional<RegistryHost> registry();

    /** A target in one repository. */
    sealed interface OfRepository extends Route {

        Repository repository();

        @Override
        default Optional<RegistryHost> registry() {
            return Optional.of(repository().registry());
        }
    }

    /** The meaning of the name of an image. */
    sealed interface OfImage extends Route {}

    /** The question whether this is a registry ({@code /v2/}). */
    record Ping(Optional<RegistryHost> registry) implements Route {}

    /**
     * A manifest or an index.
     *
     * @param accept which media types are taken
     */
    record Manifest(Repository repository, Reference reference, Accept accept) implements OfRepository, OfImage {}

    /** A layer, a config, or any other blob. */
    record Blob(Repository repository, Digest digest) implements OfRepository {}

    /** Some of a repository's tags. */
    record Tags(Repository repository, Page page) implements OfRepository {}

    /**
     * The referrers of a manifest: signatures, attestations, and others.
     *
     * @param artifactType the only type to list; empty for all
     */
    record Referrers(Repository repository, Digest subject, Optional<String> artifactType) implements OfRepository {}

    /**
     * Something of one of two repositories, as the address can be read in two ways: its first component may be a prefix that
     * names the upstream once more, or a part of the repository's name.
     *
     * @param stripped what is meant if it is a prefix
     * @param literal what is meant if it is a part of the name
     */
    record Either(OfRepository stripped, OfRepository literal) implements Route {

        @Override
        public Optional<RegistryHost> registry() {
            return stripped.registry();
        }
    }

    /** A request for nothing that Freshet serves, with the reason. */
    record Unroutable(OciError error) implements OfImage {

        @Override
        public Optional<RegistryHost> registry() {
            return Optional.empty();
        }
    }

    /**
     * A page of a list of tags (OCI distribution spec 1.1, "Listing Tags").
     *
     * @param most entries, 0 to {@value #MOST}
     * @param last the entry behind which it begins; empty for the first
     * @param path as sent
     * @param namespace the {@code ns} query parameter
     */
    record Page(int most, String last, String path, Optional<String> namespace) {

        /** The most entries of a page. */
        public static final int MOST = 10_000;

        private static final Pattern NUMBER = Pattern.compile("0*([0-9]+)");
        private static final int LONGEST_NUMBER = 4;

        /** Reads what a request says of it; empty when its {@code n} is no number from 0 on. */
        static Optional<Page> of(RequestHead head) {
            String last = head.query().last().orElse("");
            return most(head.query().n()).map(most -> new Page(most, last, head.path(), head.namespace()));
        }

        private static Optional<Integer> most(Optional<String> n) {
            if (n.isEmpty()) {
                return Optional.of(MOST);
            }
            return Optional.of(NUMBER.matcher(n.get())).filter(number -> number.matches())
                    .map(number -> number.group(1))
                    .map(digits -> digits.length() > LONGEST_NUMBER ? MOST : Integer.parseInt(digits));
        }

        /** The address of the page behind this one, relative to the host: it names the upstream as the request did. */
        public String next(String lastHere) {
            return path + "?n=" + most + "&last=" + URLEncoder.encode(lastHere, StandardCharsets.UTF_8)
                    + namespace.map(ns -> "&ns=" + URLEncoder.encode(ns, StandardCharsets.UTF_8)).orElse("");
        }
    }
}
