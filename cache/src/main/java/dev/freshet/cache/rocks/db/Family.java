package dev.freshet.cache.rocks.db;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The column families: parts of a database with a keyspace and a tuning each. Every database has one named default. */
public enum Family {

    /** The bytes of large blobs, in files that are made elsewhere and only taken in. */
    SEGMENTS(Home.BULK, "default"),
    /** The bytes of small blobs. */
    SMALL(Home.BULK, "small"),
    /** What the store notes about itself. */
    NOTES(Home.INDEX, "default"),
    /** Numbers whose bytes belong to no commit record. */
    LOOSE(Home.INDEX, "loose"),
    /** Commit records. */
    BLOBS(Home.INDEX, "blobs"),
    /** Which commit record a number belongs to. */
    OWNERS(Home.INDEX, "owners"),
    /** What tags mean. */
    TAGS(Home.INDEX, "tags"),
    /** Which repository holds what. */
    LINKS(Home.INDEX, "links"),
    /** What images consist of. */
    PARTS(Home.INDEX, "parts"),
    /** Which images consist of it. */
    WHOLES(Home.INDEX, "wholes");

    private final Home home;
    private final String title;

    /** The databases. */
    public enum Home {

        /** The bytes. */
        BULK,
        /** What is known of them, and facts. */
        INDEX;

        public List<Family> families() {
            return Stream.of(Family.values()).filter(family -> family.home == this).toList();
        }

        /** The name of its directory. */
        public String directory() {
            return switch (this) {
                case BULK -> "bulk";
                case INDEX -> "index";
            };
        }

        /** Pairs what was opened, in the order of {@link #families()}. */
        <T> Map<Family, T> pair(List<T> opened) {
            Map<Family, T> pairs = new EnumMap<>(Family.class);
            List<Family> families = families();
            for (int i = 0; i < families.size(); i++) {
                pairs.put(families.get(i), opened.get(i));
            }
            return pairs;
        }
    }

    Family(Home home, String title) {
        this.home = home;
        this.title = title;
    }

    public Home home() {
        return home;
    }

    /** What it holds, in an operator's words. */
    public String contents() {
        return switch (this) {
            case SEGMENTS -> "the large blobs";
            case SMALL -> "the small blobs";
            case NOTES -> "the order of what stays";
            case LOOSE -> "the notes of unfinished fetches";
            case BLOBS, OWNERS -> "the list of blobs";
            case TAGS -> "the tags";
            case LINKS -> "which repository holds what";
            case PARTS, WHOLES -> "what images consist of";
        };
    }

    public byte[] nameInBytes() {
        return title.getBytes(StandardCharsets.US_ASCII);
    }
}
