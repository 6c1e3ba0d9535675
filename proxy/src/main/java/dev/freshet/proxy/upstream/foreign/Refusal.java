package dev.freshet.proxy.upstream.foreign;

import java.util.Optional;

/**
 * Why a URL of a foreign layer is not asked.
 *
 * @param url as it may stand in a message
 * @param rule what refuses it
 * @param remedy the configuration that would allow it, as one line of YAML; empty when none would
 */
public record Refusal(String url, String rule, Optional<String> remedy) {

    /** It in a sentence. */
    @Override
    public String toString() {
        return url + " is not asked: " + rule + remedy.map(line -> "; to allow it, set " + line).orElse("");
    }
}
