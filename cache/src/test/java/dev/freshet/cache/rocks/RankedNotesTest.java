package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.EvictionOrder.Ranked;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is written down is read as it was. */
class RankedNotesTest {

    private final List<Ranked> fills = LongStream.range(0, 10)
            .mapToObj(fill -> new Ranked(fill - 3, fill << 40, (int) fill % 4 + 1)).toList();

    @Test
    void notesOfAnyLengthAreReadAsOneList() {
        RankedNotes notes = new RankedNotes();

        notes.append(RankedNotes.encode(fills.subList(0, 3)));
        notes.append(RankedNotes.encode(List.of()));
        notes.append(RankedNotes.encode(fills.subList(3, 4)));
        notes.append(RankedNotes.encode(fills.subList(4, 10)));

        assertThat(notes).isEqualTo(fills);
    }

    @Test
    void whatIsCutShortIsNoNote() {
        assertThat(RankedNotes.isNote(RankedNotes.encode(fills))).isTrue();
        assertThat(RankedNotes.isNote(new byte[19])).isFalse();
    }
}
