package dev.freshet.testbed.upstream;

import dev.freshet.testbed.registry.Account;
import dev.freshet.testbed.wire.Answer;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Manner;
import dev.freshet.testbed.wire.Progress;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import dev.freshet.testbed.wire.WireServer;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A token server for distribution, which signs what it gives (distribution's "Token Authentication Specification"). The key
 * is named as libtrust does it.
 */
public final class TokenServer implements AutoCloseable {

    /** Distribution takes a token for so long after its end. */
    private static final Duration LEEWAY = Duration.ofSeconds(60);
    private static final String KEYS_PASSWORD = "changeit";
    private static final String NAME = "testbed";
    private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private final Account account;
    private final Duration life;
    private final Duration stated;
    private final Path certificate;
    private final PrivateKey key;
    private final String keyId;
    private final Queue<Request> asked = new ConcurrentLinkedQueue<>();
    private final WireServer server;

    /**
     * Serves when it returns.
     *
     * @param directory where it puts its certificate
     * @param account who gets tokens
     * @param life for how long distribution really takes a token
     * @param stated for how long the answer says so
     */
    public TokenServer(Path directory, Account account, Duration life, Duration stated)
            throws IOException, GeneralSecurityException {
        this.account = account;
        this.life = life;
        this.stated = stated;
        this.certificate = directory.resolve("token-server.pem");
        Path keys = directory.resolve("token-server.p12");
        keytool(keys, "-genkeypair", "-alias", NAME, "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
                "CN=" + NAME);
        keytool(keys, "-exportcert", "-rfc", "-alias", NAME, "-file", certificate.toString());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, KEYS_PASSWORD.toCharArray());
        }
        this.key = (PrivateKey) store.getKey(NAME, KEYS_PASSWORD.toCharArray());
        this.keyId = keyId(store.getCertificate(NAME));
        this.server = new WireServer(this::handle);
    }

    /** {@code 127.0.0.1:port} of it. */
    public String authority() {
        return server.authority();
    }

    /** The lines of distribution's configuration that make it trust this server. */
    public String settings() {
        return "auth: {token: {realm: \"http://%s/token\", service: %s, issuer: %s, rootcertbundle: %s}}\n"
                .formatted(authority(), NAME, NAME, certificate.toAbsolutePath());
    }

    /** Every request so far. */
    public List<Request> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() {
        server.close();
    }

    private Answer handle(Request request) throws IOException {
        asked.add(request);
        return new Answer(reply(request), Manner.PLAIN, Progress.UNHEARD);
    }

    private Reply reply(Request request) throws IOException {
        if (request.header("Authorization").filter(account.basic()::equals).isEmpty()) {
            Reply error = Reply.error(401, "UNAUTHORIZED", "who are you");
            return new Reply(401, error.headers().withAll(Headers.of("WWW-Authenticate", "Basic realm=\"testbed\"")),
                    error.content());
        }
        String[] scope = request.parameter("scope").orElse("").split(":", 3);
        String access = scope.length == 3
                ? "{\"type\":\"repository\",\"name\":\"%s\",\"actions\":[\"pull\"]}".formatted(scope[1])
                : "";
        return Reply.of(200, "application/json",
                "{\"token\":\"%s\",\"expires_in\":%d}".formatted(token(access), stated.toSeconds()));
    }

    /** A JSON Web Token (RFC 7519) in distribution's form. */
    private String token(String access) throws IOException {
        Instant now = InstantSource.system().instant();
        String head = "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"kid\":\"" + keyId + "\"}";
        String claims = """
                {"iss":"%s","sub":"%s","aud":"%s","exp":%d,"nbf":%d,"iat":%d,"jti":"%s","access":[%s]}""".formatted(
                NAME, account.name(), NAME, now.plus(life).minus(LEEWAY).getEpochSecond(),
                now.minus(LEEWAY).minus(LEEWAY).getEpochSecond(), now.getEpochSecond(), UUID.randomUUID(), access);
        String signed = base64(head.getBytes(StandardCharsets.UTF_8)) + "."
                + base64(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IOException("no token can be signed", e);
        }
    }

    /** The first 240 bits of the public key's SHA-256, in Base32, in twelve groups. */
    private static String keyId(Certificate certificate) throws GeneralSecurityException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
        StringBuilder id = new StringBuilder();
        BigInteger bits = new BigInteger(1, Arrays.copyOf(hash, 30));
        for (int i = 47; i >= 0; i--) {
            id.append(BASE_32.charAt(bits.shiftRight(5 * i).intValue() & 31));
            id.append(i % 4 == 0 && i > 0 ? ":" : "");
        }
        return id.toString();
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void keytool(Path keys, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        line.addAll(List.of(arguments));
        line.addAll(List.of("-keystore", keys.toString(), "-storetype", "PKCS12", "-storepass", KEYS_PASSWORD));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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
