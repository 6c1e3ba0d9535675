package dev.freshet.cache.rocks;

import java.nio.file.Path;

/**
 * Where a store keeps what.
 *
 * @param root its directory
 */
record Layout(Path root) {

    /** The version of everything else here. */
    Path format() {
        return root.resolve("FORMAT");
    }

    /** A database, without the files of segments. */
    Path database(Family.Home home) {
        return root.resolve(home.directory());
    }

    /** Where a damaged database is put while the copy of it takes its place. */
    Path damaged(Family.Home home) {
        return root.resolve(home.directory() + ".damaged");
    }

    /** Where a damaged database is copied to. */
    Path copy(Family.Home home) {
        return root.resolve(home.directory() + ".copy");
    }

    /** The segments that the bulk database has taken in. */
    Path segments() {
        return root.resolve("segments");
    }

    /** Segments that are still to be taken in again. */
    Path segmentsAside() {
        return root.resolve("segments.aside");
    }

    /** Segments in the making; nothing here outlives an open. */
    Path staging() {
        return root.resolve("staging");
    }
}
