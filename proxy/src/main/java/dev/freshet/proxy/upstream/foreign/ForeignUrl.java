package dev.freshet.proxy.upstream.foreign;

import okhttp3.HttpUrl;

/**
 * A URL of a foreign layer that may be asked. It is shown without its query, which may hold a signature.
 *
 * @param address in its normal form
 */
public record ForeignUrl(HttpUrl address) {

    /** All of it, to tell it from others, and for no message. */
    public String text() {
        return address.toString();
    }

    @Override
    public String toString() {
        return shown(address);
    }

    /** A URL as it may stand in a message. */
    static String shown(HttpUrl url) {
        String bare = url.newBuilder().username("").password("").query(null).fragment(null).build().toString();
        return url.query() == null ? bare : bare + "?...";
    }
}
