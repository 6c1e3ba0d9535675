package dev.freshet.testbed.fault;

import dev.freshet.testbed.wire.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Content in compressed form; in memory, so for what is small. */
final class GzippedContent {

    private GzippedContent() {}

    static Content of(Content plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (InputStream in = plain.open(0); GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            in.transferTo(gzip);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compress", e);
        }
        return Content.of(bytes.toByteArray());
    }
}
