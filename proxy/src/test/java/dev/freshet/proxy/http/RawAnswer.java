package dev.freshet.proxy.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** An answer as it was on the wire. */
record RawAnswer(int status, List<String> headerLines, String body) {

    static RawAnswer parse(String head, byte[] body) {
        List<String> lines = head.lines().toList();
        return new RawAnswer(Integer.parseInt(lines.getFirst().split(" ", -1)[1]),
                lines.subList(1, lines.size()).stream().filter(line -> !line.isEmpty()).toList(),
                new String(body, StandardCharsets.ISO_8859_1));
    }

    /** A header's value. */
    Optional<String> header(String name) {
        return headerLines.stream().filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip()).findFirst();
    }
}
