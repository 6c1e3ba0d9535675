package dev.freshet.proxy.http;

import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Gate;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Parts of blobs, stored and on their way, and requests that depend on what the client has. */
class RangesAndConditionsTest extends DataPortKit {

    @ParameterizedTest(name = "{0}")
    @CsvSource({"bytes=0-0, 0, 0", "bytes=0-, 0, 199999", "bytes=-1, 199999, 199999", "bytes=1000-70000, 1000, 70000",
            "bytes=199999-200000, 199999, 199999"})
    void aPartIsAnsweredWithItsPlace(String range, int first, int last) throws Exception {
        RawAnswer cold = get(BLOB, "Range: " + range);
        RawAnswer warm = get(BLOB, "Range: " + range);

        for (RawAnswer answer : new RawAnswer[]{cold, warm}) {
            assertThat(answer.status()).isEqualTo(206);
            assertThat(answer.header("Content-Range")).contains("bytes " + first + "-" + last + "/200000");
            assertThat(answer.header("Content-Length")).contains(Integer.toString(last - first + 1));
            assertThat(answer.header("Accept-Ranges")).contains("bytes");
            assertThat(answer.header("Content-Type")).contains("application/octet-stream");
            assertThat(answer.header("Docker-Content-Digest")).contains(LAYER_DIGEST.toString());
            assertThat(answer.body()).isEqualTo(text(Arrays.copyOfRange(LAYER, first, last + 1)));
        }
    }

    @Test
    void theProbeOfAScannerIsAnsweredWhileTheBlobIsOnItsWay() throws Exception {
        Gate gate = new Gate();
        registry.when(On.every(Endpoint.BLOB).method("GET"), new Fault.HoldAt(100_000, gate));

        RawAnswer probe = get(BLOB, "Range: bytes=0-0");

        assertThat(probe.status()).isEqualTo(206);
        assertThat(probe.header("Content-Range")).contains("bytes 0-0/200000");
        gate.open();
        assertThat(get(BLOB).body()).isEqualTo(text(LAYER));
        assertThat(registry.traffic().of(Endpoint.BLOB)).extracting(Seen::bytesSent).containsExactly(65_536L, 134_464L);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"bytes=200000-", "bytes=-0", "bytes=99999999999999999999-"})
    void aPartPastTheEndIsRefusedWithTheLength(String range) throws Exception {
        RawAnswer answer = get(BLOB, "Range: " + range);

        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("Content-Range")).contains("bytes */200000");
        assertThat(answer.header("Content-Type")).contains("application/json");
        assertThat(answer.body()).contains("\"errors\"");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"bytes=5-1", "bytes=", "items=0-1", "bytes=0-0,9-5", "bytes=0-,-200000,0-0"})
    void whatMakesNoSenseOrIsTooMuchGivesEverything(String range) throws Exception {
        RawAnswer answer = get(BLOB, "Range: " + range);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize(LAYER.length);
    }

    @Test
    void aThousandPartsGiveEverythingOnce() throws Exception {
        RawAnswer answer = get(BLOB, "Range: bytes=" + "0-,".repeat(999) + "0-");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize(LAYER.length);
    }

    @Test
    void headIgnoresRange() throws Exception {
        RawAnswer answer = head(BLOB, "Range: bytes=0-0");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).contains("200000");
    }

    @Test
    void aPartIsGivenOnlyWhenIfRangeNamesThisBlob() throws Exception {
        String same = "\"" + LAYER_DIGEST + "\"";

        assertThat(get(BLOB, "Range: bytes=0-0", "If-Range: " + same).status()).isEqualTo(206);
        for (String other : new String[]{"\"sha256:other\"", "W/" + same, "Sun, 06 Nov 1994 08:49:37 GMT",
                "nonsense"}) {
            assertThat(get(BLOB, "Range: bytes=0-0", "If-Range: " + other).status()).as(other).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"%s", "W/%s", "\"other\", %s", "*", "\"a\",W/%s,\"b\""})
    void whatTheClientHasIsNotSentAgain(String template) throws Exception {
        get(MANIFEST);

        RawAnswer blob = get(BLOB, "If-None-Match: " + template.formatted("\"" + LAYER_DIGEST + "\""));
        RawAnswer document = get(MANIFEST, "If-None-Match: " + template.formatted("\"" + manifestDigest + "\""));

        for (RawAnswer answer : new RawAnswer[]{blob, document}) {
            assertThat(answer.status()).isEqualTo(304);
            assertThat(answer.header("ETag")).isPresent();
            assertThat(answer.header("Docker-Content-Digest")).isPresent();
            assertThat(answer.body()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"\"other\"", "nonsense", "\"unclosed", "", ",,,", "W/\"x\""})
    void whatTheClientDoesNotHaveIsSent(String tag) throws Exception {
        RawAnswer answer = get(BLOB, "If-None-Match: " + tag);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize(LAYER.length);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"\"other\"", "W/%s", "nonsense", "\"unclosed", "", "\"a\", W/%s"})
    @DisplayName("If-Match that names other content is 412, for GET, HEAD and ranges, whichever other headers come")
    void whatIsNotWhatTheClientWantsIsNotSent(String template) throws Exception {
        get(MANIFEST);
        String ofBlob = "If-Match: " + template.formatted("\"" + LAYER_DIGEST + "\"");
        String ofManifest = "If-Match: " + template.formatted("\"" + manifestDigest + "\"");
        String known = "If-None-Match: \"" + LAYER_DIGEST + "\"";

        for (RawAnswer answer : new RawAnswer[]{get(BLOB, ofBlob), get(MANIFEST, ofManifest), head(BLOB, ofBlob),
                head(MANIFEST, ofManifest), get(BLOB, ofBlob, "Range: bytes=0-0"), get(BLOB, ofBlob, known),
                get(BLOB, ofBlob, "Range: bytes=200000-"), get("/v2/lab/app/tags/list", ofBlob), get("/v2/", ofBlob)}) {
            assertThat(answer.status()).isEqualTo(412);
            assertThat(answer.header("Content-Type")).contains("application/json");
        }
        assertThat(get(BLOB, ofBlob).body()).contains("\"errors\"", "If-Match", LAYER_DIGEST.toString());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"%s", "*", "\"other\", %s", "\"a\",%s,\"b\""})
    void whatIsWhatTheClientWantsIsSent(String template) throws Exception {
        String required = "If-Match: " + template.formatted("\"" + LAYER_DIGEST + "\"");

        assertThat(get(BLOB, required).body()).hasSize(LAYER.length);
        assertThat(head(BLOB, required).status()).isEqualTo(200);
        assertThat(get(BLOB, required, "Range: bytes=0-0").status()).isEqualTo(206);
        assertThat(get(BLOB, required, "If-None-Match: *").status()).isEqualTo(304);
    }

    @Test
    @DisplayName("Content without an entity tag matches * only, and a failure is answered as what it is")
    void conditionsOfOtherAnswers() throws Exception {
        assertThat(get("/v2/lab/app/tags/list", "If-Match: *").status()).isEqualTo(200);
        assertThat(get("/v2/lab/app/tags/list", "If-None-Match: *").status()).isEqualTo(304);
        assertThat(get("/v2/lab/app/tags/list", "If-None-Match: \"x\"").status()).isEqualTo(200);
        assertThat(get("/v2/lab/app/manifests/none", "If-Match: \"x\"", "If-None-Match: *").status()).isEqualTo(404);
        assertThat(get("/v2/lab/UPPER/manifests/1", "If-Match: \"x\"").status()).isEqualTo(400);
    }

    @Test
    @DisplayName("Dates are ignored, as nothing here has one")
    void datesAreIgnored() throws Exception {
        String date = "Sun, 06 Nov 1994 08:49:37 GMT";

        assertThat(get(BLOB, "If-Unmodified-Since: " + date).status()).isEqualTo(200);
        assertThat(get(BLOB, "If-Modified-Since: " + date).status()).isEqualTo(200);
        assertThat(get(BLOB, "If-Match: \"" + LAYER_DIGEST + "\"", "If-Unmodified-Since: " + date).status())
                .isEqualTo(200);
    }

    @Test
    void afterA412TheConnectionGoesOn() throws Exception {
        try (RawClient client = client()) {
            client.get(BLOB, "If-Match: \"x\"");
            assertThat(client.answer().status()).isEqualTo(412);

            assertThat(client.get(BLOB).answer().body()).hasSize(LAYER.length);
        }
    }

    @Test
    void severalLinesOfTagsAreOneList() throws Exception {
        RawAnswer answer = get(BLOB, "If-None-Match: \"other\"", "If-None-Match: \"" + LAYER_DIGEST + "\"");

        assertThat(answer.status()).isEqualTo(304);
    }

    @Test
    void afterA304TheConnectionGoesOn() throws Exception {
        try (RawClient client = client()) {
            client.get(BLOB, "If-None-Match: *");
            assertThat(client.answer().status()).isEqualTo(304);

            assertThat(client.get(BLOB).answer().body()).hasSize(LAYER.length);
        }
    }
}
