package dev.freshet.testbed.registry;

import dev.freshet.testbed.storage.StorageSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * How a {@link FakeRegistry} behaves when nothing goes wrong.
 *
 * @param urlLife how long its signed URLs live; whole seconds, as S3 has it
 * @param redirects whether blobs are at the storage; otherwise the registry sends them itself
 * @param auth who may pull
 * @param privateRepositories what not everyone may pull
 * @param storage how the storage behaves; its clock is the registry's too
 * @param lists how it lists tags and referrers
 */
public record RegistrySettings(Duration urlLife, boolean redirects, Auth auth, Set<String> privateRepositories,
        StorageSettings storage, Lists lists) {

    /** URLs of 20 minutes, open to everyone, real time, no limits. */
    public static final RegistrySettings DEFAULTS = new RegistrySettings(Duration.ofMinutes(20), true, new Auth.Open(),
            Set.of(), StorageSettings.DEFAULTS, new Lists(Integer.MAX_VALUE, true));

    /**
     * How it lists tags and referrers.
     *
     * @param most entries of a page
     * @param knowsReferrers whether it has the endpoint for referrers at all
     */
    public record Lists(int most, boolean knowsReferrers) {}

    /** With pages of so many entries. */
    public RegistrySettings pagesOf(int most) {
        return new RegistrySettings(urlLife, redirects, auth, privateRepositories, storage,
                new Lists(most, lists.knowsReferrers()));
    }

    /** Without the endpoint for referrers. */
    public RegistrySettings withoutReferrers() {
        return new RegistrySettings(urlLife, redirects, auth, privateRepositories, storage,
                new Lists(lists.most(), false));
    }

    /** With signed URLs that live so long. */
    public RegistrySettings urlLife(Duration life) {
        return new RegistrySettings(life, redirects, auth, privateRepositories, storage, lists);
    }

    /** With blobs from the registry itself. */
    public RegistrySettings withoutRedirects() {
        return new RegistrySettings(urlLife, false, auth, privateRepositories, storage, lists);
    }

    /** With other rules on who may pull. */
    public RegistrySettings auth(Auth other) {
        return new RegistrySettings(urlLife, redirects, other, privateRepositories, storage, lists);
    }

    /** With repositories that only accounts may pull. */
    public RegistrySettings privateRepositories(Set<String> repositories) {
        return new RegistrySettings(urlLife, redirects, auth, repositories, storage, lists);
    }

    /** With another storage. */
    public RegistrySettings storage(UnaryOperator<StorageSettings> change) {
        return new RegistrySettings(urlLife, redirects, auth, privateRepositories, change.apply(storage), lists);
    }

    /** With another clock, for registry and storage. */
    public RegistrySettings clock(InstantSource clock) {
        return storage(s -> s.clock(clock));
    }

    InstantSource clock() {
        return storage.clock();
    }
}
