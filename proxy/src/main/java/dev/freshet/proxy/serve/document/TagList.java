package dev.freshet.proxy.serve.document;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.cache.name.Tag;
import dev.freshet.proxy.route.Route.Page;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All tags of a repository, in the order of ASCII (OCI distribution spec 1.1, "Listing Tags"). It is kept as text, one tag a
 * line.
 */
final class TagList {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String lines;

    private TagList(String lines) {
        this.lines = lines;
    }

    /** Reads a list that was kept. */
    static TagList kept(String text) {
        return new TagList(text);
    }

    /** The text to keep. */
    String text() {
        return lines;
    }

    /**
     * The tags in the pages of a registry's answer; tags that are not valid are left out. Empty when one of the pages is
     * no list of tags.
     */
    static Optional<TagList> of(List<byte[]> pages) {
        TreeSet<String> all = new TreeSet<>();
        for (byte[] page : pages) {
            Optional<JsonNode> tags = tags(page);
            if (tags.isEmpty()) {
                return Optional.empty();
            }
            tags.get().forEach(tag -> add(all, tag));
        }
        return Optional.of(new TagList(String.join("\n", all)));
    }

    /** Registries without any tag may say that there is no list. */
    private static Optional<JsonNode> tags(byte[] page) {
        try {
            JsonNode tags = JSON.readTree(page).path("tags");
            return tags.isArray() || tags.isNull() ? Optional.of(tags) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static void add(Set<String> all, JsonNode tag) {
        if (tag.isString() && isTag(tag.asString())) {
            all.add(tag.asString());
        }
    }

    private static boolean isTag(String text) {
        try {
            return new Tag(text).value().equals(text);
        } catch (InvalidNameException e) {
            return false;
        }
    }

    /** The tags of a page. */
    List<String> page(Page page) {
        return lines.lines().dropWhile(tag -> tag.compareTo(page.last()) <= 0).limit(page.most()).toList();
    }

    /** The last tag of a page, when others follow it. */
    Optional<String> more(List<String> page) {
        return page.isEmpty() || lines.endsWith("\n" + page.getLast()) || lines.equals(page.getLast())
                ? Optional.empty()
                : Optional.of(page.getLast());
    }

    /** The body of an answer. */
    static String json(String repositoryName, List<String> page) {
        ObjectNode root = JSON.createObjectNode();
        root.put("name", repositoryName);
        ArrayNode tags = root.putArray("tags");
        page.forEach(tags::add);
        return JSON.writeValueAsString(root);
    }
}
