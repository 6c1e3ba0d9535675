package dev.freshet.testbed.names;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.security.Security;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The Java runtime's resolver of names, which knows one more domain: what is below {@code names.test} resolves to the
 * loopback address, unless a test says that it does not, and lookups of it are counted. The runtime caches no name, as
 * tests do not wait for that. All other names resolve as ever.
 */
public final class TestNames extends InetAddressResolverProvider {

    private static final String DOMAIN = ".names.test";
    private static final Map<String, AtomicInteger> LOOKUPS = new ConcurrentHashMap<>();
    private static final Map<String, Boolean> BROKEN = new ConcurrentHashMap<>();

    /** The name of a host that no other test uses. */
    public static String of(String host) {
        return host + DOMAIN;
    }

    /** From now on it does not resolve. */
    public static void breaks(String name) {
        BROKEN.put(name, true);
    }

    /** From now on it resolves again. */
    public static void heals(String name) {
        BROKEN.remove(name);
    }

    /** How often it was looked up so far. */
    public static int lookups(String name) {
        return LOOKUPS.computeIfAbsent(name, any -> new AtomicInteger()).get();
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        InetAddressResolver real = configuration.builtinResolver();
        return new InetAddressResolver() {

            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                String name = host.toLowerCase(Locale.ROOT);
                if (!name.endsWith(DOMAIN)) {
                    return real.lookupByName(host, policy);
                }
                LOOKUPS.computeIfAbsent(name, any -> new AtomicInteger()).incrementAndGet();
                if (BROKEN.containsKey(name)) {
                    throw new UnknownHostException(host + ": Temporary failure in name resolution");
                }
                return Stream.of(InetAddress.getByAddress(host, new byte[]{127, 0, 0, 1}));
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return real.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "names.test";
    }
}
