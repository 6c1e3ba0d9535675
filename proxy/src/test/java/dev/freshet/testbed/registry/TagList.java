package dev.freshet.testbed.registry;

import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import java.util.List;
import java.util.stream.Collectors;

/** The answer to {@code tags/list}, page by page (OCI distribution spec 1.1, "Listing Tags"). */
final class TagList {

    private TagList() {}

    /** @param most entries of a page, whatever is asked for */
    static Reply of(Request request, String repository, List<String> tags, int most) {
        String last = request.parameter("last").orElse("");
        int n = request.parameter("n").map(Integer::parseInt).orElse(Integer.MAX_VALUE);
        List<String> rest = tags.stream().filter(t -> t.compareTo(last) > 0).toList();
        List<String> page = rest.subList(0, Math.min(Math.min(n, most), rest.size()));
        Reply reply = Reply.of(200, "application/json", "{\"name\":\"" + repository + "\",\"tags\":["
                + page.stream().map(t -> "\"" + t + "\"").collect(Collectors.joining(",")) + "]}");
        return page.isEmpty() || page.size() == rest.size()
                ? reply
                : reply.withHeader("Link", "</v2/" + repository + "/tags/list?last=" + page.get(page.size() - 1) + "&n="
                        + n + ">; rel=\"next\"");
    }
}
