package dev.freshet.testbed.registry;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.wire.Content;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a registry holds: blobs once for all, manifests, tags and links by repository. Safe for several threads. */
final class Shelf {

    /** Behind a tag: what is there for those who do not take the other one. */
    static final String ALTERNATIVE = "@alternative";

    private final Map<Digest, Content> blobs = new ConcurrentHashMap<>();
    private final Map<String, Repo> repositories = new ConcurrentHashMap<>();

    /** A manifest and its media type. */
    record Manifest(Digest digest, String mediaType, Content body) {}

    private record Repo(Set<Digest> blobs, Map<Digest, Manifest> manifests, Map<String, Digest> tags,
            Map<String, List<String>> referrers) {

        Repo() {
            this(ConcurrentHashMap.newKeySet(), new ConcurrentHashMap<>(), new ConcurrentSkipListMap<>(),
                    new ConcurrentHashMap<>());
        }
    }

    void addBlob(String repository, Digest digest, Content content) {
        blobs.put(digest, content);
        repo(repository).blobs().add(digest);
    }

    void addManifest(String repository, Manifest manifest) {
        repo(repository).manifests().put(manifest.digest(), manifest);
    }

    void tag(String repository, String tag, Digest digest) {
        repo(repository).tags().put(tag, digest);
    }

    void untag(String repository, String tag) {
        repo(repository).tags().remove(tag);
    }

    void refer(String repository, Digest subject, String descriptor) {
        repo(repository).referrers().computeIfAbsent(subject.toString(), s -> new CopyOnWriteArrayList<>())
                .add(descriptor);
    }

    /** The descriptors that refer to this digest, in JSON. */
    List<String> referrers(String repository, String subject) {
        return List.copyOf(repo(repository).referrers().getOrDefault(subject, List.of()));
    }

    boolean knows(String repository) {
        return repositories.containsKey(repository);
    }

    /** The content of a blob, in whichever repository. */
    Optional<Content> blob(Digest digest) {
        return Optional.ofNullable(blobs.get(digest));
    }

    /** The blob of this repository that a request names. */
    Optional<Digest> linked(String repository, String reference) {
        return repo(repository).blobs().stream().filter(d -> d.toString().equals(reference)).findFirst();
    }

    /** The manifest of this repository under a tag or digest; of a tag with an alternative, the one that is taken. */
    Optional<Manifest> manifest(String repository, String reference, List<String> accepted) {
        Optional<Manifest> usual = manifest(repository, reference);
        if (!repo(repository).tags().containsKey(reference + ALTERNATIVE)) {
            return usual;
        }
        return usual.filter(m -> isTaken(m, accepted))
                .or(() -> manifest(repository, reference + ALTERNATIVE).filter(m -> isTaken(m, accepted)));
    }

    private static boolean isTaken(Manifest manifest, List<String> accepted) {
        return accepted.isEmpty()
                || accepted.stream().anyMatch(line -> line.contains("*/*") || line.contains(manifest.mediaType()));
    }

    private Optional<Manifest> manifest(String repository, String reference) {
        Repo repo = repo(repository);
        Digest tagged = repo.tags().get(reference);
        return repo.manifests().values().stream()
                .filter(m -> m.digest().equals(tagged) || m.digest().toString().equals(reference)).findFirst();
    }

    /** The tags of this repository in order. */
    List<String> tags(String repository) {
        return repo(repository).tags().keySet().stream().filter(tag -> !tag.endsWith(ALTERNATIVE)).toList();
    }

    private Repo repo(String name) {
        return repositories.computeIfAbsent(name, n -> new Repo());
    }
}
