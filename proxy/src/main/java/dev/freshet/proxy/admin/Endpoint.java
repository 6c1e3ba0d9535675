package dev.freshet.proxy.admin;

/** An endpoint of the API: a method of a path. Several endpoints may share a path. Thread-safe. */
public interface Endpoint {

    /** The method, such as {@code POST}. An endpoint for GET answers HEAD too. */
    String method();

    /** The path below {@code /api/v1/}, such as {@code prefetch}. */
    String path();

    /** Executes the request; may block. */
    ApiAnswer answer(ApiRequest request);
}
