package dev.freshet.proxy.upstream.foreign;

import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.RegularExpression.UrlPattern;
import dev.freshet.proxy.upstream.foreign.ForeignRules.Choice;
import dev.freshet.proxy.upstream.foreign.ForeignRules.ForeignUrl;
import dev.freshet.proxy.upstream.foreign.ForeignRules.Refusal;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Which URLs may be asked, in which order, and what is said of the others. */
class ForeignRulesTest {

    private static final String MCR = "https://mcr.microsoft.com/v2/windows/blobs/sha256:00";

    private static ForeignRules rules(String allow, String... deny) {
        return new ForeignRules("lab", patterns(allow), Stream.of(deny).map(UrlPattern::parse).toList(),
                List.of(HostRule.parse("10.0.0.7:9000")));
    }

    private static List<UrlPattern> patterns(String... texts) {
        return Stream.of(texts).map(UrlPattern::parse).toList();
    }

    private static Refusal refusal(ForeignRules rules, String url) {
        Choice choice = rules.choose(List.of(url));
        assertThat(choice.allowed()).isEmpty();
        return choice.refused().getFirst();
    }

    @Test
    void anEmptyAllowAllowsNone() {
        Refusal refusal = refusal(ForeignRules.none("lab"), MCR);

        assertThat(refusal.url()).isEqualTo(MCR);
        assertThat(refusal.rule()).isEqualTo("foreign-layers.allow is empty, which allows none");
        assertThat(refusal.remedy())
                .contains("foreign-layers: { allow: ['^https://mcr\\.microsoft\\.com/'], deny: [] }");
    }

    @Test
    void httpsComesBeforeHttpAndElseTheOrderOfTheManifestStays() {
        Choice choice = rules(".*").choose(List.of("http://a.example/1", "https://a.example/2", "http://b.example/3",
                "https://b.example/4", "https://a.example/2"));

        assertThat(choice.allowed()).extracting(ForeignUrl::text).containsExactly("https://a.example/2",
                "https://b.example/4", "http://a.example/1", "http://b.example/3");
        assertThat(choice.refused()).isEmpty();
    }

    @Test
    void atMostSixteenAreAsked() {
        List<String> many = IntStream.range(0, 40).mapToObj(i -> "https://a.example/" + i).toList();

        assertThat(rules(".*").choose(many).allowed()).hasSize(ForeignRules.MOST_URLS);
    }

    @Test
    void denyWins() {
        Refusal refusal = refusal(rules("^https://mcr\\.microsoft\\.com/", "secret", "WINDOWS|windows"), MCR);

        assertThat(refusal.rule()).isEqualTo("the pattern 'WINDOWS|windows' of foreign-layers.deny denies it");
        assertThat(refusal.remedy()).contains(
                "foreign-layers: { allow: ['^https://mcr\\.microsoft\\.com/'], deny: ['secret'] }");
    }

    @Test
    void whatIsDeniedAndNotAllowedIsHelpedByOneLine() {
        assertThat(refusal(rules("^https://it''s/", "windows"), MCR).remedy()).contains(
                "foreign-layers: { allow: ['^https://mcr\\.microsoft\\.com/', '^https://it''''s/'], deny: [] }");
    }

    @ParameterizedTest
    @CsvSource({"HTTPS://MCR.Microsoft.com/x", "https://mcr.microsoft.com:443/x", "https://mcr.microsoft.com/a/../x"})
    void whatIsMatchedIsTheNormalFormWhichIsConnected(String url) {
        assertThat(rules("^https://mcr\\.microsoft\\.com/x$").choose(List.of(url)).allowed())
                .extracting(ForeignUrl::text).containsExactly("https://mcr.microsoft.com/x");
    }

    @Test
    void denyIsLookedForInWhatIsWrittenToo() {
        assertThat(refusal(rules(".*", "%2e%2e|\\.\\."), "https://mcr.microsoft.com/a/%2e%2e/x").rule())
                .contains("foreign-layers.deny");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a.example/x", "file:///etc/passwd", "gopher://a.example:70/", "", "x",
            "//a.example/x",
            "https://", "https://a.example/\r\nHost: b", "https://a.example/ x", "https://a.example\\@b.example/",
            "javascript:alert(1)", " https://a.example/x"})
    void whatIsNoPlainUrlOfTheWebIsNoneAndNothingAllowsIt(String url) {
        Refusal refusal = refusal(rules(".*"), url);

        assertThat(refusal.rule()).startsWith("only URLs of http and https");
        assertThat(refusal.remedy()).isEmpty();
        assertThat(refusal.url()).doesNotContain("\r", "\n");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            https://user:secret word@a.example/x,      https://...@a.example...
            ftp://user:secret@a.example/x,             ftp://...@a.example...
            user:secret@a.example,                     ...@a.example...
            https://u:sec?ret@a.example/x,             https://...@a.example...
            https://u:sec/ret@@a.example:x/y?k=secret, https://...@a.example...
            ftp://a.example/x?k=a@b&sig=secret,        ftp://...@b...
            ftp://a.example/x?sig=secret,              ftp://a.example/x?...
            ftp://a.example/x#secret,                  ftp://a.example/x?...
            """)
    void whatIsNoPlainUrlIsShownWithoutPasswordsAndQueries(String url, String shown) {
        Refusal refusal = refusal(rules(".*"), url);

        assertThat(refusal.url()).isEqualTo(shown);
        assertThat(refusal.toString()).doesNotContain("sec", "ret");
    }

    @Test
    void aQueryIsNotShownBehindAnyLineBreakEither() {
        Refusal refusal = refusal(rules(".*"), "ftp://a.example/x?sig=\u2028secret\u0085secret");

        assertThat(refusal.url()).isEqualTo("ftp://a.example/x?...");
    }

    @Test
    void thePatternThatAllowsAUrlIsKnown() {
        ForeignRules rules = new ForeignRules("lab", patterns("^https://other/", "^https://mcr\\.", ".*"), List.of(),
                List.of());

        ForeignUrl allowed = rules.choose(List.of(MCR)).allowed().getFirst();

        assertThat(rules.allowing(allowed)).contains(UrlPattern.parse(".*"));
    }

    @Test
    void aUrlThatIsTooLongIsNoneAndShownShort() {
        Refusal refusal = refusal(rules(".*"), "https://a.example/" + "x".repeat(2048));

        assertThat(refusal.toString()).hasSizeLessThan(400).contains("2048 characters");
    }

    @ParameterizedTest
    @CsvSource({"https://a.example/x#y,URLs with a fragment are not", "https://u:p@a.example/x,it holds credentials",
            "'https://a.example:22/x','it leads to port 22, which is no web server''s'"})
    void fragmentsCredentialsAndOddPortsAreRefused(String url, String rule) {
        Refusal refusal = refusal(rules(".*"), url);

        assertThat(refusal.rule()).isEqualTo(rule);
        assertThat(refusal.url()).doesNotContain("u:p", "#");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/latest", "http://127.0.0.1:8080/", "https://10.1.2.3/",
            "http://[::1]/",
            "http://[fe80::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://192.168.1.1/",
            "http://10.0.0.7:9001/"})
    @DisplayName("N-12: an address that is not public is refused, also where a pattern allows it")
    void privateAddressesAreRefused(String url) {
        Refusal refusal = refusal(rules(".*"), url);

        assertThat(refusal.rule()).contains("is at no public address").contains("upstreams.lab.redirect-hosts");
        assertThat(refusal.remedy().orElseThrow())
                .startsWith("upstreams: { 'lab': { redirect-hosts: ['10.0.0.7:9000', '").endsWith("'] } }");
    }

    @Test
    void aPrivateAddressAmongTheUpstreamsRedirectHostsIsAsAnyOther() {
        assertThat(rules("http://10\\.0\\.0\\.7:9000").choose(List.of("http://10.0.0.7:9000/x")).allowed()).hasSize(1);
        assertThat(refusal(rules("^https://x/"), "http://10.0.0.7:9000/x").rule())
                .isEqualTo("no pattern of foreign-layers.allow matches it");
    }

    @Test
    void aQueryIsNeverShown() {
        String url = "https://a.example/x?sig=secret";

        assertThat(refusal(ForeignRules.none("lab"), url).toString()).contains("https://a.example/x?...")
                .doesNotContain("secret");
        assertThat(refusal(ForeignRules.none("lab"), "https://a.example/ x?sig=secret").toString())
                .doesNotContain("secret");
        assertThat(rules(".*").choose(List.of(url)).allowed()).extracting(ForeignUrl::text, ForeignUrl::toString)
                .containsExactly(tuple(url, "https://a.example/x?..."));
    }
}
