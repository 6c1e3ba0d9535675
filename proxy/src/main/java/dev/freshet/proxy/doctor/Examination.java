package dev.freshet.proxy.doctor;

import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.doctor.Diagnosis.Check;
import dev.freshet.proxy.doctor.Diagnosis.Finding;
import dev.freshet.proxy.serve.document.ManifestDocument;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.registry.RegistryProbe;
import dev.freshet.proxy.upstream.registry.RegistryProbe.ConnectionProgress;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An examination of one upstream. One thread runs the checks; any thread may read the findings. */
final class Examination {

    private final RegistryHost upstream;
    private final Optional<ImageReference> image;
    private final Map<Check, Finding> findings = new ConcurrentHashMap<>();

    Examination(RegistryHost upstream, Optional<ImageReference> image) {
        this.upstream = upstream;
        this.image = image;
    }

    /** Runs the checks until one fails. */
    void run(RegistryProbe probe) throws InterruptedException {
        Check current = Check.NAME;
        try {
            greet(probe);
            current = Check.TOKEN;
            good(current, probe.authorize(image.map(known -> known.repository().name())).orElse("none wanted"));
            current = Check.MANIFEST;
            if (image.isEmpty()) {
                skipped(current, "no image of " + upstream + " is known; give one with --image " + upstream
                        + "/REPOSITORY:TAG");
                return;
            }
            Optional<Digest> blob = manifest(probe, image.get());
            current = Check.STORAGE;
            if (blob.isEmpty()) {
                skipped(current, image.get() + " has no blob; use --image with another image");
                return;
            }
            List<String> hosts = probe.storageHosts(image.get().repository(), blob.get());
            good(current, hosts.isEmpty() ? "itself" : String.join(" > ", hosts));
        } catch (OriginException e) {
            failed(current == Check.NAME ? reached(probe.progress()) : current, e);
        }
    }

    /** Records that no connection to the registry can be made. */
    void impossible(String message) {
        findings.put(Check.CONNECTION, new Finding.Bad(message));
    }

    /**
     * The diagnosis so far.
     *
     * @param patience the timeout that has passed, if a check is still running
     */
    Diagnosis diagnosis(Optional<Duration> patience) {
        Map<Check, Finding> all = new EnumMap<>(Check.class);
        all.putAll(findings);
        boolean failed = all.values().stream().anyMatch(Finding.Bad.class::isInstance);
        for (Check check : Check.values()) {
            if (patience.isPresent() && !failed && !all.containsKey(check)) {
                all.put(check, new Finding.Bad("check of the " + check.label() + " of upstream " + upstream
                        + " failed: it took longer than " + patience.get().toSeconds()
                        + " s; check any proxy or firewall in between, and the name server"));
                failed = true;
            }
            all.putIfAbsent(check,
                    new Finding.Skipped(failed ? "another check failed" : "there is nothing to check"));
        }
        return new Diagnosis(upstream, image, all);
    }

    private void greet(RegistryProbe probe) throws OriginException, InterruptedException {
        List<String> wants = probe.greet();
        good(Check.NAME, probe.progress().address());
        good(Check.CONNECTION, probe.progress().connection());
        good(Check.API, wants.isEmpty() ? "open" : String.join(", ", wants));
    }

    /** The check that failed in a greeting; records the checks before it as good. */
    private Check reached(ConnectionProgress progress) {
        return switch (progress.stage()) {
            case NAME -> Check.NAME;
            case CONNECTION -> {
                good(Check.NAME, progress.address());
                yield Check.CONNECTION;
            }
            case ANSWER -> {
                good(Check.NAME, progress.address());
                good(Check.CONNECTION, progress.connection());
                yield Check.API;
            }
        };
    }

    /** The smallest blob of an image, or of the first image of an index; empty if there is none. */
    private Optional<Digest> manifest(RegistryProbe probe, ImageReference wanted)
            throws OriginException, InterruptedException {
        Repository repository = wanted.repository();
        Optional<ManifestDocument> first = ManifestDocument.parse(
                probe.manifest(repository, wanted.reference()).body());
        Optional<Digest> one = first.flatMap(index -> index.platforms().values().stream().findFirst());
        Optional<ManifestDocument> chosen = one.isEmpty()
                ? first
                : ManifestDocument.parse(probe.manifest(repository, one.get()).body());
        good(Check.MANIFEST, wanted.repository().name() + ":" + wanted.reference());
        return chosen.flatMap(document -> document.blobLinks().entrySet().stream()
                .filter(blob -> size(blob.getValue()) > 0)
                .min(Comparator.comparingLong(blob -> size(blob.getValue()))).map(Map.Entry::getKey));
    }

    private static long size(Link link) {
        return link.size().orElse(Long.MAX_VALUE);
    }

    private void good(Check check, String what) {
        findings.put(check, new Finding.Good(what));
    }

    private void skipped(Check check, String why) {
        findings.put(check, new Finding.Skipped(why));
    }

    private void failed(Check check, OriginException failure) {
        findings.put(check, new Finding.Bad(Advice.complete(String.valueOf(failure.getMessage()), check, failure)));
    }

    /** The advice for a failed check. */
    static final class Advice {

        private Advice() {}

        /** The message of a failure, followed by advice if the message has none. */
        static String complete(String message, Check check, OriginException failure) {
            boolean isThere = message.contains("; ");
            return isThere || !(failure instanceof UpstreamException upstream)
                    ? message
                    : message + "; " + of(check, upstream.reason());
        }

        private static String of(Check check, FailureReason reason) {
            return switch (reason) {
                case NOT_FOUND -> check == Check.API
                        ? "check the upstream's url: no registry answers there"
                        : "use --image with an image that the registry has";
                case UNAUTHORIZED -> "check the upstream's username and password";
                case FORBIDDEN -> "check what the upstream's username may pull, or use --image with another image";
                case RATE_LIMITED ->
                    "wait, or set the upstream's username and password: accounts mostly have a higher limit";
                case AGAINST_RULES -> "check the upstream's redirect-hosts, manifest-hosts and token-hosts";
                case UNREACHABLE -> check == Check.NAME
                        ? "check the upstream's url, and the name server of this machine"
                        : "check the upstream's url, and any proxy or firewall in between";
                case STALLED -> "check any proxy or firewall in between, and whether other machines can reach it";
                case SERVER_ERROR -> "the registry itself failed: try again later";
                case SIGNED_URL_REFUSED -> "check the clock of this machine, and any proxy that changes requests";
                default ->
                    "check that the upstream's url is a registry, and that no proxy in between answers for it";
            };
        }
    }
}
