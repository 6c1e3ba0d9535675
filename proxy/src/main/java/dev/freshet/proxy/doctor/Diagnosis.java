package dev.freshet.proxy.doctor;

import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.RegistryHost;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
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

    /** The checks of an upstream, in order. A failed check ends the examination. */
    public enum Check {

        /** The name resolves. */
        NAME,
        /** The connection works, with a valid certificate. */
        CONNECTION,
        /** {@code /v2/} answers as a registry. */
        API,
        /** The registry or its token server grants a token. */
        TOKEN,
        /** The registry has the manifest. */
        MANIFEST,
        /** The storage of the registry delivers a blob of that manifest. */
        STORAGE;

        /** The label in tables and JSON. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The result of a check. */
    public sealed interface Finding {

        /**
         * A check that passed.
         *
         * @param what a short result: an address, a version, a host; never a query or a secret
         */
        record Good(String what) implements Finding {}

        /**
         * A check that failed.
         *
         * @param message what was attempted, why it failed, and what to do
         */
        record Bad(String message) implements Finding {}

        /**
         * A check that did not run.
         *
         * @param why the check did not run
         */
        record Skipped(String why) implements Finding {}
    }
}
