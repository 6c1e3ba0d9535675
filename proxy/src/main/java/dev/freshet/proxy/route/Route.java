package dev.freshet.proxy.route;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.error.OciError;
import java.util.Optional;

/** The target of a request: the content that it asks for. */
public sealed interface Route {

    /** The registry that it is asked of; empty when it is none. */
    Optional<RegistryHost> registry();

    /** The question whether this is a registry ({@code /v2/}). */
    record Ping(Optional<RegistryHost> registry) implements Route {}

    /**
     * A manifest or an index.
     *
     * @param accept which media types are taken
     */
    record Manifest(Repository repository, Reference reference, Accept accept) implements Route {

        @Override
        public Optional<RegistryHost> registry() {
            return Optional.of(repository.registry());
        }
    }

    /** A layer, a config, or any other blob. */
    record Blob(Repository repository, Digest digest) implements Route {

        @Override
        public Optional<RegistryHost> registry() {
            return Optional.of(repository.registry());
        }
    }

    /** Some of a repository's tags. */
    record Tags(Repository repository, Page page) implements Route {

        @Override
        public Optional<RegistryHost> registry() {
            return Optional.of(repository.registry());
        }
    }

    /**
     * The referrers of a manifest: signatures, attestations, and others.
     *
     * @param artifactType the only type to list; empty for all
     */
    record Referrers(Repository repository, Digest subject, Optional<String> artifactType) implements Route {

        @Override
        public Optional<RegistryHost> registry() {
            return Optional.of(repository.registry());
        }
    }

    /**
     * Something of one of two repositories, as the address can be read in two ways: its first component may be a prefix that
     * names the upstream once more, or a part of the repository's name.
     *
     * @param stripped what is meant if it is a prefix
     * @param literal what is meant if it is a part of the name
     */
    record Either(Route stripped, Route literal) implements Route {

        @Override
        public Optional<RegistryHost> registry() {
            return stripped.registry();
        }
    }

    /** A request for nothing that Freshet serves, with the reason. */
    record Unroutable(OciError error) implements Route {

        @Override
        public Optional<RegistryHost> registry() {
            return Optional.empty();
        }
    }
}
