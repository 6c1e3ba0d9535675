package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Lists of tags: pages of clients, pages of registries, and registries that lie. */
class TagListTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    private Digest manifest = Digest.sha256(new byte[0]);

    @BeforeEach
    void addManifest() {
        manifest = proxy.registry().manifest(REPO, TYPE, Bytes.of("{\"manifests\":[]}"));
    }

    @Test
    void allTagsAreListedInTheOrderOfAscii() {
        tag("latest", "1.10", "1.9", "Z", "a", "_x", "sha256-abc.sig");

        Got got = list("");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Content-Type")).isEqualTo("application/json");
        assertThat(got.header("Link")).isEmpty();
        assertThat(got.text()).isEqualTo(
                json("1.10", "1.9", "Z", "_x", "a", "latest", "sha256-abc.sig"));
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; fwd=uri-miss; stored");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            ?n=2                    | a,b     | ?n=2&last=b
            ?n=2&last=b             | c,d     | ?n=2&last=d
            ?n=2&last=d             | e       |
            ?n=3&last=b             | c,d,e   |
            ?n=002&last=            | a,b     | ?n=2&last=b
            ?n=5                    | a,b,c,d,e |
            ?n=0                    |         |
            ?n=00000                |         |
            ?last=bb                | c,d,e   |
            ?last=%63               | d,e     |
            ?last=zzz               |         |
            ?n=9999&last=a          | b,c,d,e |
            ?n=1&n=2                | a       | ?n=1&last=a
            """)
    void aPageIsWhatIsAskedFor(String query, String tags, String next) {
        tag("a", "b", "c", "d", "e");

        Got got = list(query);

        assertThat(got.text()).isEqualTo(tags == null ? json() : json(tags.split(",", -1)));
        assertThat(got.header("Link")).isEqualTo(next == null ? "" : link("/v2/" + REPO + "/tags/list" + next));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "10001",
            "99999999999999999999999999999999999999999999"})
    @DisplayName("N-15: tags/list with an n of any size is clamped, and costs no more than another")
    void aLargeNumberIsClamped(String n) {
        IntStream.range(0, 10_001).forEach(i -> tag("t%05d".formatted(i)));

        Got got = list("?n=" + n);

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.text()).endsWith("\"t09999\"]}");
        assertThat(got.header("Link")).isEqualTo(link("/v2/" + REPO + "/tags/list?n=10000&last=t09999"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"-1", "abc", "", "1.5", "0x10", "1e3", "+1", "%00", "１"})
    @DisplayName("N-15: tags/list with an n that is no number is 400, and no upstream is asked")
    void whatIsNoNumberIsRefused(String n) {
        tag("a");

        Got got = list("?n=" + n);

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.text()).contains("PAGINATION_NUMBER_INVALID");
        assertThat(proxy.registry().traffic().of(Endpoint.TAGS)).isEmpty();
    }

    @Test
    void walkingThePagesGivesEveryTagOnceHoweverTheUpstreamIsNamed() {
        List<String> tags = IntStream.range(0, 25).mapToObj(i -> "t" + i).toList();
        tag(tags.toArray(String[]::new));
        proxy.set("upstreams.lab.hosts", "lab.example.com");

        for (String path : List.of("/v2/" + REPO + "/tags/list?n=10", "/v2/lab/" + REPO + "/tags/list?n=10",
                "/lab/v2/" + REPO + "/tags/list?n=10", "/v2/" + REPO + "/tags/list?n=10&ns=lab")) {
            String next = path;
            List<String> seen = new ArrayList<>();
            while (!next.isEmpty()) {
                Got got = proxy.client().get(URI.create(proxy.url("")).resolve(next).toString());
                assertThat(got.status()).as(next).isEqualTo(200);
                assertThat(got.header("OCI-Namespace")).isEqualTo("lab");
                tags.stream().filter(tag -> got.text().contains("\"" + tag + "\"")).forEach(seen::add);
                next = got.header("Link").isEmpty() ? "" : got.header("Link").replaceAll("<(/.*)>; rel=\"next\"", "$1");
                assertThat(next).doesNotContain("<");
            }
            assertThat(seen).as(path).hasSize(25).containsExactlyInAnyOrderElementsOf(new TreeSet<>(tags));
        }
        assertThat(proxy.registry().traffic().of(Endpoint.TAGS)).hasSize(1);
    }

    @Test
    void theLinkSaysByNamespaceWhatTheRequestDid() {
        tag("a", "b");

        Got got = list("?ns=LAB&n=1");

        assertThat(got.header("Link")).isEqualTo(link("/v2/" + REPO + "/tags/list?n=1&last=a&ns=LAB"));
    }

    @Test
    void aHeadIsThatOfTheGet() {
        tag("a", "b");

        Got head = proxy.client().head(proxy.url("tags/list?n=1"));
        Got get = list("?n=1");

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
        assertThat(head.header("Link")).isEqualTo(get.header("Link")).isNotEmpty();
    }

    @Test
    void thePagesOfTheRegistryAreFollowed() {
        proxy.registry().reconfigure(s -> s.pagesOf(7));
        String[] tags = IntStream.range(100, 150).mapToObj(i -> "t" + i).toArray(String[]::new);
        tag(tags);

        Got got = list("");

        assertThat(got.text()).isEqualTo(json(tags));
        assertThat(proxy.registry().traffic().of(Endpoint.TAGS)).hasSize(8);
    }

    @Test
    void noPageIsAskedForElsewhere() {
        tag("a", "b");
        proxy.registry().when(On.every(Endpoint.TAGS),
                Fault.header("Link", "<http://" + proxy.registry().storageAuthority().replace("127.0.0.1", "localhost")
                        + "/x?last=b>; rel=\"next\""));

        Got got = list("");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("leads to localhost, which is another host");
        assertThat(proxy.registry().traffic().all()).extracting(Seen::endpoint).containsOnly(Endpoint.TAGS);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/v2/library/thing/tags/list?last=%s; rel=\"next\"",
            "</v2/library/thing/tags/list?last=%s>; title=\"a, b\"; rel=next", "</x?last=%s>",
            "</x?n=1>; rel=\"first\", </x?last=%s>; rel=\"next\""})
    @DisplayName("N-15: no page is lost, in any form of link")
    void noPageIsLostInAnyFormOfLink(String form) {
        tag("a", "b", "c");
        proxy.registry().reconfigure(s -> s.pagesOf(1));
        proxy.registry().when(On.every(Endpoint.TAGS).nth(1), Fault.header("Link", form.formatted("a")));
        proxy.registry().when(On.every(Endpoint.TAGS).nth(2), Fault.header("Link", form.formatted("b")));

        assertThat(list("").text()).isEqualTo(json("a", "b", "c"));
    }

    @Test
    @DisplayName("N-15: a list whose link to its next page cannot be understood is not taken for all")
    void aLinkThatCannotBeUnderstoodIsNoEndOfTheList() {
        tag("a", "b");
        proxy.registry().reconfigure(s -> s.pagesOf(1));
        proxy.registry().when(On.every(Endpoint.TAGS), Fault.header("Link", "next page: <tags/list?last=a>"));

        Got got = list("");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("Link to its next page cannot be understood");
        assertThat(proxy.registry().traffic().of(Endpoint.TAGS)).hasSize(1);
    }

    @Test
    void pagesThatLeadInACircleAreRefused() {
        tag("a", "b");
        proxy.registry().when(On.every(Endpoint.TAGS), Fault.header("Link", "</x?last=b>; rel=\"next\""));

        Got got = list("");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("lead round in a circle");
        assertThat(proxy.registry().traffic().of(Endpoint.TAGS)).hasSize(2);
    }

    @Test
    void pagesWithoutEndAreRefused() {
        proxy.registry().reconfigure(s -> s.pagesOf(1));
        IntStream.range(0, 1_100).forEach(i -> tag("t" + i));

        Got got = list("");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("more than 1000 pages");
        assertThat(proxy.registry().traffic().of(Endpoint.TAGS)).hasSize(1_000);
    }

    @Test
    void pagesOfMoreThanFourMebibytesTogetherAreRefused() {
        tag("a", "b", "c");
        proxy.registry().reconfigure(s -> s.pagesOf(1));
        String padded = "{\"tags\":[\"x\"]" + " ".repeat(3 * Bytes.MIB) + "}";
        proxy.registry().when(On.every(Endpoint.TAGS),
                new Fault.WithBody(Content.of(padded)));

        Got got = list("");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("longer than 4194304 bytes together");
    }

    static Stream<Fault> noLists() {
        return Stream.of(Fault.loginPage(), json200(""), json200("[]"), json200("{}"), json200("{\"tags\":{}}"),
                json200("{\"tags\":\"a\"}"), json200("{\"tags\":[\"a\""), json200("[".repeat(1_000_000)),
                json200("{\"tags\":" + "[".repeat(1_000_000)),
                new Fault.Instead(Reply.of(200, "text/html", "{\"tags\":[]}")), new Fault.Gzipped());
    }

    @ParameterizedTest
    @MethodSource("noLists")
    @DisplayName("L-06: a registry that answers with something else than a list of tags has none")
    void whatIsNoListMeansThatThereIsNone(Fault fault) {
        tag("a");
        proxy.registry().when(On.every(Endpoint.TAGS), fault);

        Got got = list("");
        proxy.registry().heal();
        proxy.pace().advance(Duration.ofSeconds(10));
        Got healed = list("");

        assertThat(got.status()).isEqualTo(fault instanceof Fault.Gzipped ? 502 : 404);
        assertThat(healed.text()).isEqualTo(json("a"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            {"name":"x","tags":null}                              |
            {"name":"x","tags":[]}                                |
            {"tags":["b","a","b",null,7,{},"-no","a b","\\u0000","é"]} | a,b
            """)
    void ofAnOddListTheTagsAreTaken(String body, String tags) {
        tag("a");
        proxy.registry().when(On.every(Endpoint.TAGS), json200(body));

        assertThat(list("").text()).isEqualTo(tags == null ? json() : json(tags.split(",", -1)));
    }

    @Test
    void aRepositoryThatIsUnknownIsNotAskedForAgainAtOnce() {
        Got first = proxy.client().get(proxy.url("no/such", "tags/list"));
        Got second = proxy.client().get(proxy.url("no/such", "tags/list"));

        assertThat(List.of(first, second)).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(404);
            assertThat(got.text()).contains("NAME_UNKNOWN");
        });
        assertThat(second.header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
        assertThat(proxy.registry().traffic().of(Endpoint.TAGS)).hasSize(1);
    }

    private static Fault json200(String body) {
        return new Fault.Instead(new Reply(200, Headers.of("Content-Type", "application/json"),
                Content.of(body)));
    }

    private Got list(String query) {
        return proxy.client().get(proxy.url("tags/list" + query));
    }

    private void tag(String... tags) {
        for (String tag : tags) {
            proxy.registry().tag(REPO, tag, manifest);
        }
    }

    private static String link(String address) {
        return "<" + address + ">; rel=\"next\"";
    }

    private static String json(String... tags) {
        return "{\"name\":\"" + REPO + "\",\"tags\":["
                + String.join(",", Stream.of(tags).map(tag -> "\"" + tag + "\"").toList()) + "]}";
    }
}
