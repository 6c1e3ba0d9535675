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
        SavedEvictionOrder.RankedNotes notes = new SavedEvictionOrder.RankedNotes();

        notes.append(SavedEvictionOrder.RankedNotes.encode(fills.subList(0, 3)));
        notes.append(SavedEvictionOrder.RankedNotes.encode(List.of()));
        notes.append(SavedEvictionOrder.RankedNotes.encode(fills.subList(3, 4)));
        notes.append(SavedEvictionOrder.RankedNotes.encode(fills.subList(4, 10)));

        assertThat(notes).isEqualTo(fills);
    }

    @Test
    void whatIsCutShortIsNoNote() {
        assertThat(SavedEvictionOrder.RankedNotes.isNote(SavedEvictionOrder.RankedNotes.encode(fills))).isTrue();
        assertThat(SavedEvictionOrder.RankedNotes.isNote(new byte[19])).isFalse();
    }
}
