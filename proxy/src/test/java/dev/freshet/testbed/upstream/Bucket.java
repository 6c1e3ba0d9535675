package dev.freshet.testbed.upstream;

import dev.freshet.testbed.storage.ObjectStore;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A directory as an S3 bucket: the keys are the paths of its files.
 *
 * @param name the bucket's name, the first component of every path
 * @param root the directory
 */
record Bucket(String name, Path root) implements ObjectStore {

    @Override
    public Optional<Content> find(String path) throws IOException {
        Path file = root.resolve(path.substring(name.length() + 2)).normalize();
        return path.startsWith("/" + name + "/") && file.startsWith(root) && Files.isRegularFile(file)
                ? Optional.of(Content.of(file))
                : Optional.empty();
    }

    /** ListObjects and ListObjectsV2, the whole list in one page. */
    @Override
    public Optional<Reply> list(Request request) throws IOException {
        String path = request.path();
        if (!request.method().equals("GET") || !(path.equals("/" + name) || path.equals("/" + name + "/"))) {
            return Optional.empty();
        }
        String prefix = request.parameter("prefix").orElse("");
        String delimiter = request.parameter("delimiter").orElse("");
        int limit = request.parameter("max-keys").map(Integer::parseInt).orElse(1000);
        StringBuilder entries = new StringBuilder();
        TreeSet<String> folders = new TreeSet<>();
        int count = 0;
        for (String key : keys(prefix)) {
            int cut = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            if (cut >= 0) {
                folders.add(key.substring(0, cut + delimiter.length()));
            } else if (count++ < limit) {
                entries.append("<Contents><Key>").append(key).append("</Key><LastModified>")
                        .append(Files.getLastModifiedTime(root.resolve(key)).toInstant())
                        .append("</LastModified><Size>")
                        .append(Files.size(root.resolve(key))).append("</Size></Contents>");
            }
        }
        folders.forEach(f -> entries.append("<CommonPrefixes><Prefix>").append(f).append("</Prefix></CommonPrefixes>"));
        return Optional.of(Reply.of(200, "application/xml",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult><Name>" + name + "</Name><Prefix>"
                        + prefix
                        + "</Prefix><MaxKeys>" + limit + "</MaxKeys><IsTruncated>false</IsTruncated>" + entries
                        + "</ListBucketResult>"));
    }

    private List<String> keys(String prefix) throws IOException {
        Path from = root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1));
        if (!Files.isDirectory(from)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(from)) {
            return files.filter(Files::isRegularFile).map(f -> root.relativize(f).toString())
                    .filter(key -> key.startsWith(prefix)).sorted().toList();
        }
    }
}
