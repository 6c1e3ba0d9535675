package dev.freshet.testbed.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes that can be read any number of times, from any position, by any number of threads. */
public interface Content {

    /** The number of bytes. */
    long length();

    /** The bytes from this position on; whoever opens it closes it. */
    InputStream open(long position) throws IOException;

    /** These bytes; the array is not to be changed any more. */
    static Content of(byte[] bytes) {
        return new Content() {

            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open(long position) {
                int from = Math.toIntExact(position);
                return new ByteArrayInputStream(bytes, from, bytes.length - from);
            }
        };
    }

    /** This text in UTF-8. */
    static Content of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What is in this file, which keeps its length. */
    static Content of(Path file) throws IOException {
        long length = Files.size(file);
        return new Content() {

            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open(long position) throws IOException {
                SeekableByteChannel channel = Files.newByteChannel(file);
                channel.position(position);
                return Channels.newInputStream(channel);
            }
        };
    }

    /** A part of this content: {@code length} bytes from {@code from} on. */
    default Content slice(long from, long length) {
        Content whole = this;
        return new Content() {

            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open(long position) throws IOException {
                return whole.open(from + position);
            }
        };
    }

    /** All of it in memory: for what is small. */
    default byte[] bytes() throws IOException {
        try (InputStream in = open(0)) {
            return in.readNBytes(Math.toIntExact(length()));
        }
    }
}
