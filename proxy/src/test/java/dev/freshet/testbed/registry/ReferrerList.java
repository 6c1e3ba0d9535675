package dev.freshet.testbed.registry;

import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import java.util.List;

/** The answer to {@code referrers}, page by page and unfiltered (OCI distribution spec 1.1, "Listing Referrers"). */
final class ReferrerList {

    private ReferrerList() {}

    /**
     * @param descriptors as JSON
     * @param most entries of a page
     */
    static Reply of(Request request, List<String> descriptors, int most) {
        int from = request.parameter("from").map(Integer::parseInt).orElse(0);
        int to = (int) Math.min((long) from + most, descriptors.size());
        Reply reply = Reply.of(200, "application/vnd.oci.image.index.v1+json",
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":["
                        + String.join(",", descriptors.subList(from, to)) + "]}");
        return to == descriptors.size()
                ? reply
                : reply.withHeader("Link", "<" + request.path() + "?from=" + to + ">; rel=\"next\"");
    }
}
