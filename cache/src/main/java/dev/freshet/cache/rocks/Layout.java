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

    /** Where a database is put that cannot be opened, for people to look at; what was there before is deleted. */
    Path damaged(Family.Home home) {
        return root.resolve(home.directory() + ".damaged");
    }

    /** The segments that the bulk database has taken in. */
    Path segments() {
        return root.resolve("segments");
    }

    /** Segments in the making; nothing here outlives an open. */
    Path staging() {
        return root.resolve("staging");
    }
}
