package layouts;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.ChecksumType;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/** Files written by SstFileWriter and ingested by a move. */
final class Segments extends Rocks {
    private final int chunks;
    private final EnvOptions environment = new EnvOptions();
    private final SstFileWriter writer = new SstFileWriter(environment, options);
    private final IngestExternalFileOptions move = new IngestExternalFileOptions().setMoveFiles(true);
    private Path open;
    private int files;

    Segments(Path directory, int chunks, ChecksumType checksum) throws RocksDBException {
        super(directory, checksum, new Options().setDisableAutoCompactions(true));
        this.chunks = chunks;
    }

    void begin() throws RocksDBException {
        open = directory.resolveSibling(directory.getFileName() + "-" + files++ + ".sst");
        writer.open(open.toString());
    }

    @Override
    public void put(int number, ByteBuffer chunk) throws RocksDBException {
        if (open == null) {
            begin();
        }
        writer.put(key(1, number), chunk);
        if ((number + 1) % chunks == 0) {
            finish();
        }
    }

    @Override
    public void finish() throws RocksDBException {
        if (open != null) {
            writer.finish();
            ingest(List.of(open));
            open = null;
        }
    }

    void ingest(List<Path> paths) throws RocksDBException {
        database.ingestExternalFile(paths.stream().map(Path::toString).toList(), move);
    }

    /** Writes a segment of one small chunk without ingesting it. */
    Path small(long fill, int number) throws RocksDBException {
        begin();
        writer.put(key(fill, number), Machine.CONTENT.slice(0, 4 << 10));
        writer.finish();
        return open;
    }

    @Override
    public void close() {
        writer.close();
        environment.close();
        move.close();
        super.close();
    }
}
