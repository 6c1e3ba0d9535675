package dev.freshet.testbed.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Speaks TLS on a loopback port, with a certificate of its own making, for a server that speaks plain text. */
public final class TlsFront implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private final ServerSocket listener;
    private final Path certificate;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Listens when it returns, with a certificate that it has signed itself.
     *
     * @param directory where keys are kept
     * @param options of keytool besides the usual ones, such as {@code -ext san=ip:127.0.0.1}
     */
    public TlsFront(Path directory, int plainPort, String... options) {
        this(directory, plainPort, List.of(), options);
    }

    /**
     * Listens when it returns, with a certificate that an authority of its own has signed.
     *
     * @param authority options of keytool for the authority's certificate, which is {@link #certificate}
     */
    public TlsFront(Path directory, int plainPort, List<String> authority, String... options) {
        try {
            Path keys = directory.resolve("keys.p12");
            certificate = directory.resolve("certificate.pem");
            String root = authority.isEmpty() ? "server" : "authority";
            if (!authority.isEmpty()) {
                make(keys, root, authority);
            }
            make(keys, "server", authority.isEmpty()
                    ? List.of(options)
                    : Stream.concat(Stream.of("-signer", root), Stream.of(options)).toList());
            keytool(keys, List.of("-exportcert", "-rfc", "-alias", root, "-file", certificate.toString()));
            if (!authority.isEmpty()) {
                keytool(keys, List.of("-delete", "-alias", root));
            }
            listener = context(keys).getServerSocketFactory().createServerSocket(0, 50,
                    InetAddress.getLoopbackAddress());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no TLS here", e);
        }
        threads.execute(() -> accept(plainPort));
    }

    /** {@code https://127.0.0.1:port}. */
    public String url() {
        return "https://127.0.0.1:" + listener.getLocalPort();
    }

    /** As many connections were accepted so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Its certificate in PEM format. */
    public Path certificate() {
        return certificate;
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close", e);
        }
        threads.shutdownNow();
        threads.close();
    }

    private void accept(int plainPort) {
        while (!listener.isClosed()) {
            try {
                Socket outer = listener.accept();
                accepted.incrementAndGet();
                Socket inner = new Socket(InetAddress.getLoopbackAddress(), plainPort);
                sockets.addAll(List.of(outer, inner));
                threads.execute(() -> copy(outer, inner));
                threads.execute(() -> copy(inner, outer));
            } catch (IOException e) {
                // It is being closed.
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // One of the two went away, or refused the certificate: both are closed.
        }
    }

    private static SSLContext context(Path keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void make(Path keys, String alias, List<String> options) throws IOException {
        List<String> make = new ArrayList<>(
                List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", "CN=testbed-" + alias));
        make.addAll(options);
        keytool(keys, make);
    }

    private static void keytool(Path keys, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        line.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        line.addAll(arguments);
        line.addAll(List.of("-keystore", keys.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
