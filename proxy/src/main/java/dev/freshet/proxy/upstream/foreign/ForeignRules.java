package dev.freshet.proxy.upstream.foreign;

import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.RegularExpression.UrlPattern;
import dev.freshet.proxy.upstream.redirect.PublicAddresses;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * Which URLs of foreign layers may be asked: those of http and https, without fragment or credentials, that a pattern
 * allows and none denies. Pure: the same question always has the same answer. A name may still turn out to be a private
 * address when it is connected.
 */
public final class ForeignRules {

    /** As many URLs of one layer are asked at most. */
    public static final int MOST_URLS = 16;

    private static final int MOST_CHARACTERS = 2048;
    private static final Pattern NO_PART_OF_URLS = Pattern.compile("[\\p{Cntrl}\\s\\\\\"<>^`{|}]");

    private static final Pattern CREDENTIALS = Pattern
            .compile("(?s)(?<scheme>(?:[A-Za-z][A-Za-z0-9+.-]*://)?).*@(?<host>[A-Za-z0-9.-]*).*");

    private final String upstream;
    private final List<UrlPattern> allow;
    private final List<UrlPattern> deny;
    private final RedirectRules addresses;

    /**
     * @param upstream the name of the upstream whose manifests list the URLs
     * @param privateHosts of this upstream, that may be private addresses
     */
    public ForeignRules(String upstream, List<UrlPattern> allow, List<UrlPattern> deny, List<HostRule> privateHosts) {
        this.upstream = upstream;
        this.allow = List.copyOf(allow);
        this.deny = List.copyOf(deny);
        this.addresses = RedirectRules.withoutRegistry(privateHosts);
    }

    /** Rules that allow nothing. */
    public static ForeignRules none(String upstream) {
        return new ForeignRules(upstream, List.of(), List.of(), List.of());
    }

    /**
     * What becomes of the URLs of a layer.
     *
     * @param allowed in the order in which they are asked: https first
     * @param refused the others
     */
    public record Choice(List<ForeignUrl> allowed, List<Refusal> refused) {

        public Choice {
            allowed = List.copyOf(allowed);
            refused = List.copyOf(refused);
        }
    }

    /** Chooses among the URLs of a layer; of those allowed, {@value #MOST_URLS} at most. */
    public Choice choose(Collection<String> urls) {
        List<ForeignUrl> allowed = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        urls.stream().distinct().limit(2L * MOST_URLS).forEach(url -> {
            HttpUrl parsed = HttpUrl.parse(url);
            Optional<Refusal> refusal = parsed == null || isOdd(url) ? Optional.of(odd(url)) : refusal(url, parsed);
            refusal.ifPresentOrElse(refused::add, () -> allowed.add(new ForeignUrl(HttpUrl.get(url))));
        });
        return new Choice(allowed.stream().distinct()
                .sorted(Comparator.comparing(url -> !url.address().isHttps())).limit(MOST_URLS).toList(), refused);
    }

    private static boolean isOdd(String url) {
        return url.length() > MOST_CHARACTERS || NO_PART_OF_URLS.matcher(url).find();
    }

    private static Refusal odd(String url) {
        String shown = withoutSecrets(NO_PART_OF_URLS.matcher(url).replaceAll(" "));
        return new Refusal(shown.length() > 200 ? shown.substring(0, 200) + "..." : shown,
                "only URLs of http and https of at most " + MOST_CHARACTERS + " characters are", Optional.empty());
    }

    /** What has no form has no place where a password ends, but for the last {@code @}. */
    private static String withoutSecrets(String url) {
        Matcher credentials = CREDENTIALS.matcher(url);
        return credentials.matches()
                ? credentials.group("scheme") + "...@" + credentials.group("host") + "..."
                : url.replaceFirst("(?s)[?#].*", "?...");
    }

    private Optional<Refusal> refusal(String written, HttpUrl url) {
        String shown = ForeignUrl.shown(url);
        if (url.fragment() != null) {
            return Optional.of(new Refusal(shown, "URLs with a fragment are not", Optional.empty()));
        }
        Optional<String> objection = addresses.objection(url);
        if (objection.isPresent()) {
            return Optional.of(new Refusal(shown, "it " + objection.get(), Optional.empty()));
        }
        Optional<UrlPattern> denying = deny.stream().filter(pattern -> denies(pattern, written, url)).findFirst();
        if (denying.isPresent()) {
            return Optional.of(new Refusal(shown,
                    "the pattern " + quoted(denying.get().toString()) + " of foreign-layers.deny denies it",
                    Optional.of(lineThatAllows(written, url))));
        }
        if (!isAllowed(url)) {
            String rule = allow.isEmpty()
                    ? "foreign-layers.allow is empty, which allows none"
                    : "no pattern of foreign-layers.allow matches it";
            return Optional.of(new Refusal(shown, rule, Optional.of(lineThatAllows(written, url))));
        }
        boolean isPrivate = PublicAddresses.isOther(url.host()) && !addresses.isTrusted(url);
        return isPrivate ? Optional.of(privateAddress(new ForeignUrl(url), url)) : Optional.empty();
    }

    private static boolean denies(UrlPattern pattern, String written, HttpUrl url) {
        return pattern.isFoundIn(url.toString()) || pattern.isFoundIn(written);
    }

    private boolean isAllowed(HttpUrl url) {
        return allowing(url).isPresent();
    }

    /** The first pattern that allows a URL; empty when none does. */
    public Optional<UrlPattern> allowing(ForeignUrl url) {
        return allowing(url.address());
    }

    private Optional<UrlPattern> allowing(HttpUrl url) {
        return allow.stream().filter(pattern -> pattern.matchesBeginningOf(url.toString())).findFirst();
    }

    /**
     * The refusal of a URL that leads to an address which is not public.
     *
     * @param at the address, where the URL itself leads or a redirect of it
     */
    public Refusal privateAddress(ForeignUrl url, HttpUrl at) {
        return new Refusal(url.toString(), RedirectRules.authority(at)
                + " is at no public address, and not among upstreams." + upstream + ".redirect-hosts",
                Optional.of(addresses.lineThatTrusts(upstream, at)));
    }

    private String lineThatAllows(String written, HttpUrl url) {
        Stream<String> missing = isAllowed(url) ? Stream.of() : Stream.of(pattern(url));
        Stream<String> left = deny.stream().filter(pattern -> !denies(pattern, written, url)).map(UrlPattern::toString);
        return "foreign-layers: { allow: " + list(Stream.concat(missing, allow.stream().map(UrlPattern::toString)))
                + ", deny: " + list(left) + " }";
    }

    /** What allows all of a URL's host. */
    private static String pattern(HttpUrl url) {
        HttpUrl root = new HttpUrl.Builder().scheme(url.scheme()).host(url.host()).port(url.port()).build();
        return "^" + root.toString().replaceAll("[.\\[\\]]", "\\\\$0");
    }

    private static String list(Stream<String> texts) {
        return texts.map(ForeignRules::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

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
            return refusals.stream().limit(MOST_IN_WORDS).map(Refusal::toString).collect(Collectors.joining("; "))
                    + more;
        }

        /** It in a sentence, of which the rule and the configuration come first. */
        @Override
        public String toString() {
            return rule + remedy.map(line -> "; to allow it, set " + line).orElse("") + "; not asked is " + url;
        }
    }

    /**
     * A URL of a foreign layer that may be asked. It is shown without its query, which may hold a signature.
     *
     * @param address in its normal form
     */
    public record ForeignUrl(HttpUrl address) {

        /** All of it, to tell it from others, and for no message. */
        public String text() {
            return address.toString();
        }

        @Override
        public String toString() {
            return shown(address);
        }

        /** A URL as it may stand in a message. */
        static String shown(HttpUrl url) {
            String bare = url.newBuilder().username("").password("").query(null).fragment(null).build().toString();
            return url.query() == null ? bare : bare + "?...";
        }
    }
}
