package dev.freshet.proxy.route;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A page of a list of tags (OCI distribution spec 1.1, "Listing Tags").
 *
 * @param most entries, 0 to {@value #MOST}
 * @param last the entry behind which it begins; empty for the first
 * @param path as sent
 * @param namespace the {@code ns} query parameter
 */
public record Page(int most, String last, String path, Optional<String> namespace) {

    /** The most entries of a page. */
    public static final int MOST = 10_000;

    private static final Pattern NUMBER = Pattern.compile("0*([0-9]+)");
    private static final int LONGEST_NUMBER = 4;

    /** Reads what a request says of it; empty when its {@code n} is no number from 0 on. */
    static Optional<Page> of(RequestHead head) {
        String last = head.query().last().orElse("");
        return most(head.query().n()).map(most -> new Page(most, last, head.path(), head.namespace()));
    }

    private static Optional<Integer> most(Optional<String> n) {
        if (n.isEmpty()) {
            return Optional.of(MOST);
        }
        return Optional.of(NUMBER.matcher(n.get())).filter(number -> number.matches()).map(number -> number.group(1))
                .map(digits -> digits.length() > LONGEST_NUMBER ? MOST : Integer.parseInt(digits));
    }

    /** The address of the page behind this one, relative to the host: it names the upstream as the request did. */
    public String next(String lastHere) {
        return path + "?n=" + most + "&last=" + URLEncoder.encode(lastHere, StandardCharsets.UTF_8)
                + namespace.map(ns -> "&ns=" + URLEncoder.encode(ns, StandardCharsets.UTF_8)).orElse("");
    }
}
