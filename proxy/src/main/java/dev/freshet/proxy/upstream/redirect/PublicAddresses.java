package dev.freshet.proxy.upstream.redirect;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Tells addresses of the public Internet from all others (IANA special-purpose registries, RFC 6890). */
public final class PublicAddresses {

    private static final long[][] SPECIAL_IPV4 = {range(0, 0, 0, 0, 8), range(10, 0, 0, 0, 8), range(100, 64, 0, 0, 10),
            range(127, 0, 0, 0, 8), range(169, 254, 0, 0, 16), range(172, 16, 0, 0, 12), range(192, 0, 0, 0, 24),
            range(192, 0, 2, 0, 24), range(192, 88, 99, 0, 24), range(192, 168, 0, 0, 16), range(198, 18, 0, 0, 15),
            range(198, 51, 100, 0, 24), range(203, 0, 113, 0, 24), range(224, 0, 0, 0, 3)};

    /** Dotted numbers, or anything with a colon: literals that no name server is asked for. */
    private static final Pattern LITERAL = Pattern
            .compile(
                    "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\\.(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}|[0-9a-f.]*:[0-9a-f:.]*");

    private PublicAddresses() {}

    /**
     * Says whether an address may belong to a server of the public Internet: not loopback, link-local, private, shared,
     * multicast, documentation, reserved or unspecified, also not when an IPv6 address carries such an IPv4 one.
     */
    public static boolean contains(InetAddress address) {
        return switch (address) {
            case Inet4Address v4 -> isPublic(v4.getAddress(), 0);
            case Inet6Address v6 -> isPublic(v6.getAddress());
            default -> false;
        };
    }

    /** Whether a host is an address, and no name, and no public one. What is written oddly counts as a name. */
    public static boolean isOther(String host) {
        if (!LITERAL.matcher(host).matches()) {
            return false;
        }
        try {
            return !contains(InetAddress.getAllByName(host)[0]);
        } catch (UnknownHostException e) {
            return true;
        }
    }

    /**
     * Lets an address pass that is {@linkplain #contains public}.
     *
     * @throws AddressRefusedException if it is not
     */
    public static void require(InetSocketAddress address) throws AddressRefusedException {
        if (!contains(address.getAddress())) {
            throw new AddressRefusedException(address);
        }
    }

    private static boolean isPublic(byte[] v6) {
        int first = ((v6[0] & 0xff) << 8) | (v6[1] & 0xff);
        int second = ((v6[2] & 0xff) << 8) | (v6[3] & 0xff);
        if (first == 0x64 && second == 0xff9b) {
            return isZero(v6, 4, 12) && isPublic(v6, 12);
        }
        if (first == 0x2002) {
            return isPublic(v6, 2);
        }
        boolean global = (first & 0xe000) == 0x2000;
        boolean teredoOrOrchid = first == 0x2001 && second < 0x0200;
        boolean documentation = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
        return global && !teredoOrOrchid && !documentation;
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
    }

    private static boolean isPublic(byte[] bytes, int offset) {
        long address = toLong(bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]);
        for (long[] range : SPECIAL_IPV4) {
            if (address >= range[0] && address <= range[1]) {
                return false;
            }
        }
        return true;
    }

    private static long[] range(int a, int b, int c, int d, int prefixLength) {
        long first = toLong((byte) a, (byte) b, (byte) c, (byte) d);
        return new long[]{first, first + (1L << (32 - prefixLength)) - 1};
    }

    private static long toLong(byte a, byte b, byte c, byte d) {
        return ((a & 0xffL) << 24) | ((b & 0xffL) << 16) | ((c & 0xffL) << 8) | (d & 0xffL);
    }

    /** Says that a connection was not made because its address is not one of the public Internet. */
    public static final class AddressRefusedException extends IOException {

        private static final long serialVersionUID = 1L;

        AddressRefusedException(InetSocketAddress address) {
            super("connect to " + address.getHostString() + ":" + address.getPort()
                    + " refused: it is no public address");
        }

        /** Whether a connection was not made because its address is not public. */
        public static boolean isCauseOf(IOException failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof AddressRefusedException) {
                    return true;
                }
            }
            return false;
        }
    }
}
