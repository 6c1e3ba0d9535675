package dev.freshet.proxy.upstream.socket;

import dev.freshet.proxy.upstream.redirect.PublicAddresses;
import dev.freshet.proxy.upstream.socket.BulkSocketFactory.AddressCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The two ways out to one upstream's hosts: addresses that the operator has named are always connected, all
 * others only when they are public. The two share no connections, as OkHttp would hand one that was made unchecked to
 * the next request for the same address. Neither follows redirects, decodes content, or uses a proxy from the environment,
 * which would connect unchecked addresses.
 */
public final class UpstreamHttp implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Several blobs at once, over several connections each; an idle one has a buffer of 64 KiB. */
    private static final int MOST_IDLE = 32;
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);

    /** Such as {@code freshet/1.0} (RFC 9110, section 10.1.5). */
    private static final String USER_AGENT = "freshet/"
            + Objects.requireNonNullElse(UpstreamHttp.class.getPackage().getImplementationVersion(), "dev");

    private final OkHttpClient trusted;
    private final OkHttpClient guarded;

    /**
     * @param caFile PEM certificates that are trusted besides the runtime's own
     * @param readTimeout how long a connection may be silent
     * @throws IOException if the CA file cannot be used
     */
    public UpstreamHttp(Optional<Path> caFile, Duration readTimeout) throws IOException {
        OkHttpClient.Builder builder = new OkHttpClient.Builder().followRedirects(false).followSslRedirects(false)
                .proxy(Proxy.NO_PROXY).protocols(List.of(Protocol.HTTP_1_1)).connectTimeout(CONNECT_TIMEOUT)
                .readTimeout(Duration.ZERO).writeTimeout(readTimeout)
                .socketFactory(new BulkSocketFactory(AddressCheck.ANY, readTimeout))
                .connectionPool(pool()).addNetworkInterceptor(new ArrivedBytes.Listener());
        if (caFile.isPresent()) {
            trust(builder, caFile.get());
        }
        this.trusted = builder.build();
        this.guarded = trusted.newBuilder().socketFactory(new BulkSocketFactory(PublicAddresses::require, readTimeout))
                .connectionPool(pool()).build();
    }

    /**
     * A call that is ready to be made.
     *
     * @param isTrusted whether its address may be any, and not only a public one
     */
    public Call call(Request request, boolean isTrusted) {
        Request identity = request.newBuilder().header("Accept-Encoding", "identity")
                .header("User-Agent", USER_AGENT).build();
        return (isTrusted ? trusted : guarded).newCall(identity);
    }

    /** The same call, given up when its whole answer has not come in time: for answers that are small. */
    public static Call bounded(Call call, Duration patience) {
        call.timeout().timeout(patience.toNanos(), TimeUnit.NANOSECONDS);
        return call;
    }

    /**
     * Throws what a failure of a call stands for that is one of its thread's interruption.
     *
     * @param what has failed, for the message
     */
    public static void throwIfInterrupted(String what, IOException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            throw (InterruptedException) new InterruptedException(what + " interrupted").initCause(failure);
        }
    }

    @Override
    public void close() {
        trusted.dispatcher().cancelAll();
        trusted.dispatcher().executorService().shutdown();
        trusted.connectionPool().evictAll();
        guarded.connectionPool().evictAll();
    }

    private static ConnectionPool pool() {
        return new ConnectionPool(MOST_IDLE, LONGEST_IDLE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void trust(OkHttpClient.Builder builder, Path caFile) throws IOException {
        try (InputStream in = Files.newInputStream(caFile)) {
            KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            int index = 0;
            for (X509Certificate known : trustManager(null).getAcceptedIssuers()) {
                all.setCertificateEntry("known-" + index++, known);
            }
            for (Certificate added : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                all.setCertificateEntry("added-" + index++, added);
            }
            X509TrustManager manager = new ValidityTrustManager(trustManager(all));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{manager}, null);
            builder.sslSocketFactory(context.getSocketFactory(), manager);
        } catch (GeneralSecurityException e) {
            throw new IOException("use of ca-file " + caFile + " failed: " + e.getMessage()
                    + "; give certificates in PEM format", e);
        }
    }

    private static X509TrustManager trustManager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("this Java runtime has no X.509 trust manager");
    }

    /**
     * Trusts whom another trusts, when their certificate is valid now. Java does not look at the dates of a server's certificate
     * that is itself among those that are trusted.
     *
     * @param trusted decides all else
     */
    private record ValidityTrustManager(X509TrustManager trusted) implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            trusted.checkClientTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            trusted.checkServerTrusted(chain, authType);
            try {
                chain[0].checkValidity();
            } catch (CertificateExpiredException | CertificateNotYetValidException e) {
                throw new CertificateException("the certificate has expired, or is not valid yet: " + e.getMessage(),
                        e);
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return trusted.getAcceptedIssuers();
        }
    }
}
