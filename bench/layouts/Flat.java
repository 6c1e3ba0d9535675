package layouts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One file, without checksums. */
final class Flat implements Layout {
    private final Path file;
    private final int chunk;
    private final FileChannel channel;

    Flat(Path directory, int chunk) throws IOException {
        this.file = directory.resolve("flat");
        this.chunk = chunk;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @Override
    public void put(int number, ByteBuffer bytes) throws IOException {
        channel.write(bytes, (long) number * chunk);
    }

    @Override
    public void finish() throws IOException {
        channel.force(false);
    }

    @Override
    public void read(int number, int offset, ByteBuffer into, ByteBuffer scratch) throws IOException {
        channel.read(into, (long) number * chunk + offset);
    }

    @Override
    public void drop() throws IOException {
        channel.close();
        Files.delete(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
