package dev.freshet.proxy.upstream.foreign;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Why a URL of a foreign layer is not asked.
 *
 * @param url as it may stand in a message
 * @param rule what refuses it
 * @param remedy the configuration that would allow it, as one line of YAML; empty when none would
 */
public record Refusal(String url, String rule, Optional<String> remedy) {

    private static final int MOST_IN_WORDS = 3;

    /** The first few in a sentence, and how many more there are: a manifest may list many, and long ones. */
    public static String inWords(List<Refusal> refusals) {
        String more = refusals.size() > MOST_IN_WORDS ? "; and " + (refusals.size() - MOST_IN_WORDS) + " more" : "";
        return refusals.stream().limit(MOST_IN_WORDS).map(Refusal::toString).collect(Collectors.joining("; ")) + more;
    }

    /** It in a sentence, of which the rule and the configuration come first. */
    @Override
    public String toString() {
        return rule + remedy.map(line -> "; to allow it, set " + line).orElse("") + "; not asked is " + url;
    }
}
