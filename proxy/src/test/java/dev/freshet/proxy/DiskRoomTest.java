package dev.freshet.proxy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A limit that the disk cannot hold. */
class DiskRoomTest {

    private static final long GIB = 1L << 30;
    private static final Path DATA = Path.of("data");

    @Test
    void aLimitThatFitsIsNothingToWarnOf() {
        assertThat(new DiskRoom(50 * GIB, 0, 50 * GIB).warning(DATA)).isEmpty();
        assertThat(new DiskRoom(Long.MAX_VALUE, 0, Long.MAX_VALUE).warning(DATA)).isEmpty();
    }

    @Test
    void whatIsStoredAlreadyNeedsNoRoom() {
        assertThat(new DiskRoom(50 * GIB, 40 * GIB, 10 * GIB).warning(DATA)).isEmpty();
        assertThat(new DiskRoom(50 * GIB, 40 * GIB, Long.MAX_VALUE).warning(DATA)).isEmpty();
    }

    @Test
    void aLimitThatDoesNotFitIsToldWithWhatToDo() {
        DiskRoom room = new DiskRoom(50 * GIB, 4 * GIB, 16 * GIB + GIB / 2);

        assertThat(room.warning(DATA)).contains("cache.max-size is 50GiB, but the disk of data has space for only"
                + " 20.5GiB (4GiB in use): it will be full before the cache reaches its limit; lower cache.max-size, or"
                + " free disk space");
    }

    @Test
    void aRealDiskSaysWhatIsFree(@TempDir Path directory) throws IOException {
        assertThat(DiskRoom.of(directory, 1, 0).free()).isPositive();
    }
}
