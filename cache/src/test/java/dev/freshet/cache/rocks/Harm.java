package dev.freshet.cache.rocks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** What is done to a file that a store has, or had, open. */
enum Harm {

    /** A few bytes somewhere are others. */
    FLIPPED {

        @Override
        void to(Path file, Random random) throws IOException {
            byte[] content = Files.readAllBytes(file);
            int at = content.length == 0 ? 0 : random.nextInt(content.length);
            for (int i = at; i < Math.min(at + 4, content.length); i++) {
                content[i] ^= 0x5a;
            }
            Files.write(file, content);
        }
    },
    /** The rest of it is missing. */
    CUT {

        @Override
        void to(Path file, Random random) throws IOException {
            byte[] content = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(content, content.length == 0 ? 0 : random.nextInt(content.length)));
        }
    },
    /** It is there, with nothing in it. */
    EMPTIED {

        @Override
        void to(Path file, Random random) throws IOException {
            Files.write(file, new byte[0]);
        }
    },
    /** It is not there. */
    DELETED {

        @Override
        void to(Path file, Random random) throws IOException {
            Files.delete(file);
        }
    };

    abstract void to(Path file, Random random) throws IOException;
}
