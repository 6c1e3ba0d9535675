package dev.freshet.cache.rocks.db;

import java.nio.file.Path;

/**
 * The directories of a store.
 *
 * @param root its directory
 */
public record Layout(Path root) {

    /** The version of everything else here. */
    Path format() {
        return root.resolve("FORMAT");
    }

    /** A database, without the files of segments. */
    public Path database(Family.Home home) {
        return root.resolve(home.directory());
    }

    /** Where a damaged database is put while the copy of it takes its place. */
    public Path damaged(Family.Home home) {
        return root.resolve(home.directory() + ".damaged");
    }

    /** Where a damaged database is copied to. */
    public Path copy(Family.Home home) {
        return root.resolve(home.directory() + ".copy");
    }

    /** The segments that the bulk database has taken in. */
    public Path segments() {
        return root.resolve("segments");
    }

    /** Segments that are still to be taken in again. */
    public Path segmentsAside() {
        return root.resolve("segments.aside");
    }

    /** Segments in the making; nothing here outlives an open. */
    public Path staging() {
        return root.resolve("staging");
    }
}
