package dev.freshet.cache.rocks.repair;

import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Layout;
import dev.freshet.cache.rocks.db.StoreLock;
import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * A check that the files of a store are still where it opened them. If another process deletes them while the store is in
 * use, no call fails at once: open files can still be read, and everything that is written is lost.
 */
public final class FileCheck {

    private final Layout layout;
    private final StoreLock lock;
    private final List<Database> databases;

    public FileCheck(Layout layout, StoreLock lock, List<Database> databases) {
        this.layout = layout;
        this.lock = lock;
        this.databases = databases;
    }

    /**
     * Makes those directories again that have gone and may as well be empty.
     *
     * @throws StoreException if something else has gone, which only an open can make anew
     */
    public void require() throws StoreException {
        List<String> gone = new ArrayList<>();
        if (!lock.isInPlace()) {
            gone.add("LOCK");
        }
        for (Database database : databases) {
            if (hasGone(database)) {
                gone.add(database.home().directory());
            }
        }
        if (!gone.isEmpty()) {
            throw new StoreException("look after store " + layout.root() + " failed: " + String.join(", ", gone)
                    + " of it went away while it was in use; put everything back as it was, or restart Freshet, which"
                    + " begins a new store there");
        }
        try {
            Files.createDirectories(layout.staging());
            Files.createDirectories(layout.segments());
        } catch (IOException e) {
            throw new StoreException("look after store " + layout.root() + " failed: " + Directories.messageOf(e)
                    + "; see to the disk: it goes on by itself", e);
        }
    }

    /** Asked from within a call, as a database that is being opened anew may have no files for a while. */
    private boolean hasGone(Database database) throws StoreException {
        return database.call(() -> "look for database " + database.home().directory(),
                open -> Files.notExists(layout.database(database.home()).resolve("CURRENT")));
    }
}
