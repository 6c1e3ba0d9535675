package dev.freshet.cache.rocks;

import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.ReopenableDatabase;
import dev.freshet.cache.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What an operator reads: it begins with what was attempted and ends with what to do. */
class MessagesTest {

    private static final String ADVICE = "; make it a directory that this user can read and write, or choose another"
            + " `data`";

    private @TempDir Path directory = Path.of("");

    static Stream<String> placesBelowAFile() {
        return Stream.of("file", "file/data");
    }

    @ParameterizedTest
    @MethodSource("placesBelowAFile")
    void aFileIsNoPlaceForAStore(String place) throws Exception {
        Files.createFile(directory.resolve("file"));
        Path data = directory.resolve(place);

        assertThatThrownBy(() -> Stores.open(data)).isInstanceOf(StoreException.class)
                .hasMessageStartingWith("open of store " + data + " failed: " + directory)
                .hasMessageContainingAll("irectory")
                .hasMessageEndingWith(ADVICE)
                .hasMessageNotContaining("Exception");
    }

    @Test
    void aPlaceWhereNothingCanBeMadeIsNoneEither() {
        Path data = Path.of("/proc/nowhere");

        assertThatThrownBy(() -> Stores.open(data)).isInstanceOf(StoreException.class)
                .hasMessage(
                        "open of store /proc/nowhere failed: /proc/nowhere is not there and cannot be made" + ADVICE);
    }

    @Test
    void whatIsNotTriedSaysWhyAndThatItGoesOnByItself() {
        StoreException cause = new StoreException("commit of one failed: the disk is full");

        assertThat(ReopenableDatabase.refusal(() -> "commit of another", cause))
                .hasMessage("commit of another was not tried:"
                        + " nothing is stored since this happened: commit of one failed: the disk is full; free some space, or"
                        + " see to the disk: it goes on by itself");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLostIsNamedInWords(Family family) {
        assertThat(family.contents()).matches("[a-z ]+");
    }
}
