package dev.freshet.cache.rocks.repair;

import dev.freshet.cache.rocks.db.Directories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The content of the logs of a closed database, read without RocksDB, which skips what it cannot read without a word. A
 * log consists of blocks of 32 KiB, and these of fragments with a checksum each, which never span blocks (RocksDB, "Write
 * Ahead Log File Format"). The last log may end in the middle of a fragment: its process has ended there.
 *
 * @param changes how many changes can be read
 * @param damages what cannot be read, one sentence for each log; empty when all can
 */
record LogFiles(long changes, List<String> damages) {

    private static final int BLOCK = 32 << 10;
    private static final int HEADER = 7;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    /** Behind the sequence number of a batch. */
    private static final int COUNT_AT = Long.BYTES;

    LogFiles {
        damages = List.copyOf(damages);
    }

    /** A reading of one log. */
    private static final class Reading {

        private final ByteBuffer log;
        private final boolean isLast;
        private long changes;
        private long unreadable;

        Reading(byte[] content, boolean isLast) {
            this.log = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
            this.isLast = isLast;
        }

        void run() {
            while (log.hasRemaining()) {
                int blockEnd = Math.min(log.limit(), log.position() / BLOCK * BLOCK + BLOCK);
                boolean isCutShort = blockEnd == log.limit() && blockEnd % BLOCK != 0;
                if (blockEnd - log.position() < HEADER) {
                    unreadable += isCutShort && !isLast ? blockEnd - log.position() : 0;
                    log.position(blockEnd);
                } else {
                    fragment(blockEnd, isCutShort);
                }
            }
        }

        /** Goes on behind it, or, when it is damaged, at the next block, as RocksDB does. */
        private void fragment(int blockEnd, boolean isCutShort) {
            int at = log.position();
            int checksum = log.getInt(at);
            int length = Short.toUnsignedInt(log.getShort(at + Integer.BYTES));
            int type = log.get(at + HEADER - 1);
            int end = at + HEADER + length;
            boolean isWhole = end <= blockEnd;
            if (isWhole && type != 0 && checksum == masked(at + HEADER - 1, length + 1)) {
                if ((type == FULL || type == FIRST) && length >= COUNT_AT + Integer.BYTES) {
                    changes += Integer.toUnsignedLong(log.getInt(at + HEADER + COUNT_AT));
                }
                log.position(end);
                return;
            }
            boolean isUnfinished = !isWhole && isCutShort && isLast && type > 0 && type <= 4;
            unreadable += isUnfinished ? 0 : blockEnd - at;
            log.position(blockEnd);
        }

        private int masked(int from, int length) {
            CRC32C crc = new CRC32C();
            crc.update(log.array(), from, length);
            return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
        }
    }

    /** Reads those of a directory; none when it is not there. */
    static LogFiles read(Path directory) throws IOException {
        List<Path> files = Directories.files(directory, "\\d{1,18}\\.log").stream()
                .sorted(Comparator.comparingLong(LogFiles::number)).toList();
        List<String> damages = new ArrayList<>();
        long changes = 0;
        for (Path file : files) {
            Reading reading = new Reading(Files.readAllBytes(file), file.equals(files.getLast()));
            reading.run();
            changes += reading.changes;
            if (reading.unreadable > 0) {
                damages.add(
                        reading.unreadable + " of the " + reading.log.limit() + " bytes of log " + file.getFileName()
                                + " cannot be read");
            }
        }
        return new LogFiles(changes, damages);
    }

    private static long number(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }
}
