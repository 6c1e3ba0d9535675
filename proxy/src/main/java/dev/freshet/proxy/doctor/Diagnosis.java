package dev.freshet.proxy.doctor;

import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.RegistryHost;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The result of the checks of one upstream.
 *
 * @param image the checked image; empty if none is known
 * @param findings one for each check
 */
public record Diagnosis(RegistryHost upstream, Optional<ImageReference> image, Map<Check, Finding> findings) {

    public Diagnosis {
        EnumMap<Check, Finding> inOrder = new EnumMap<>(Check.class);
        inOrder.putAll(findings);
        findings = Collections.unmodifiableMap(inOrder);
    }

    /** Whether no check failed. */
    public boolean isGood() {
        return findings.values().stream().noneMatch(Finding.Bad.class::isInstance);
    }
}
