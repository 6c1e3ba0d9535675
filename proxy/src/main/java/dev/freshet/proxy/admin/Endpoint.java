package dev.freshet.proxy.admin;

/** One thing that can be done by the API: a method of a path. Several may have the same path. Safe for use by several threads. */
public interface Endpoint {

    /** Such as {@code POST}; whatever answers GET answers HEAD, too. */
    String method();

    /** Below {@code /api/v1/}, such as {@code prefetch}. */
    String path();

    /** Does it; may block. */
    ApiAnswer answer(ApiRequest request);
}
