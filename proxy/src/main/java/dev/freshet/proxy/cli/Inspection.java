package dev.freshet.proxy.cli;

import dev.freshet.config.unit.DataSize;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import dev.freshet.proxy.upstream.foreign.ForeignRules.Choice;
import dev.freshet.proxy.upstream.foreign.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an image consists of, how much of that a proxy has, and what becomes of its foreign layers.
 *
 * @param image as it was named
 * @param items in the order of the manifest
 */
record Inspection(ImageName image, List<Item> items) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * One of what a manifest lists.
     *
     * @param isCached whether all of it is stored; empty when that is not known
     * @param choice what the rules say of its URLs; nothing for what has none
     */
    record Item(ListedBlob blob, Optional<Boolean> isCached, Choice choice) {

        private String cached() {
            return isCached.map(cached -> cached ? "yes" : "no").orElse("?");
        }
    }

    /** Asks a proxy for all of it. */
    static Inspection of(ImageName image, DataPort port, ForeignRules rules) throws IOException, InterruptedException {
        List<Item> items = new ArrayList<>();
        for (ListedBlob blob : ListedBlob.of(port.manifest(image))) {
            Optional<Boolean> isCached = blob.kind() == ListedBlob.Kind.MANIFEST
                    ? Optional.empty()
                    : port.isStored(image.path(), blob.digest());
            items.add(new Item(blob, isCached, rules.choose(blob.urls())));
        }
        return new Inspection(image, items);
    }

    /** A line for each, and for each URL what becomes of it. */
    String table() {
        int widest = items.stream().mapToInt(item -> item.blob().mediaType().length()).max().orElse(0);
        StringBuilder table = new StringBuilder(256);
        table.append(image).append('\n');
        String row = "%-13s  %9s  %-6s  %-" + Math.max(10, widest) + "s  %s";
        table.append(row.formatted("KIND", "SIZE", "CACHED", "MEDIA TYPE", "DIGEST")).append('\n');
        for (Item item : items) {
            ListedBlob blob = item.blob();
            table.append(row.formatted(blob.kind(), new DataSize(blob.size()).rounded(), item.cached(),
                    blob.mediaType(), blob.digest()));
            table.append(blob.platform().isEmpty() ? "" : "  " + blob.platform()).append('\n');
            item.choice().allowed().forEach(url -> table.append("    ").append(url).append(": may be asked\n"));
            item.choice().refused().forEach(refusal -> append(table, refusal));
        }
        return table.toString().stripTrailing();
    }

    private static void append(StringBuilder table, Refusal refusal) {
        table.append("    ").append(refusal.url()).append(": is not asked: ").append(refusal.rule()).append('\n');
        refusal.remedy().ifPresent(line -> table.append("        to allow it: ").append(line).append('\n'));
    }

    /** The same for programs. */
    String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("image", image.toString());
        ArrayNode all = root.putArray("items");
        for (Item item : items) {
            ListedBlob blob = item.blob();
            ObjectNode node = all.addObject().put("kind", blob.kind().toString()).put("mediaType", blob.mediaType())
                    .put("digest", blob.digest().toString()).put("size", blob.size());
            item.isCached().ifPresent(cached -> node.put("cached", cached));
            if (!blob.platform().isEmpty()) {
                node.put("platform", blob.platform());
            }
            if (!blob.urls().isEmpty()) {
                ArrayNode urls = node.putArray("urls");
                item.choice().allowed()
                        .forEach(url -> urls.addObject().put("url", url.toString()).put("allowed", true));
                item.choice().refused().forEach(refusal -> {
                    ObjectNode refused = urls.addObject().put("url", refusal.url()).put("allowed", false)
                            .put("rule", refusal.rule());
                    refusal.remedy().ifPresent(line -> refused.put("configuration", line));
                });
            }
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }
}
