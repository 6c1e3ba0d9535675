package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.blob.BlobAnswer.ContentRange;
import dev.freshet.proxy.upstream.blob.Downloads.RequestedRange;
import dev.freshet.proxy.upstream.call.StatedLength;
import java.util.OptionalLong;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the heads of answers mean. */
class AnswersTest {

    private static final OptionalLong UNKNOWN = OptionalLong.empty();
    private static final OptionalLong TEN = OptionalLong.of(10);
    private static final RequestedRange REST = RequestedRange.of(ByteRange.from(4));
    private static final RequestedRange STRETCH = RequestedRange.of(new ByteRange(4, 7));

    @ParameterizedTest
    @CsvSource({"bytes 0-0/1,0,0,1", "bytes 5-9/10,5,9,10", "bytes 5-9/*,5,9,-1", "' bytes 1-2/3 ',1,2,3"})
    void readsAContentRange(String header, long first, long last, long total) {
        assertThat(ContentRange.parse(header))
                .hasValue(new ContentRange(first, last, total < 0 ? UNKNOWN : OptionalLong.of(total)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "bytes 0-0/99999999999999999999",
            "items 0-0/1", "bytes 0-0", "bytes -1-0/1", "bytes 0-0/1, bytes 2-2/3"})
    @DisplayName("U-13: a Content-Range that makes no sense is none")
    void refusesAContentRange(String header) {
        assertThat(ContentRange.parse(header)).isEmpty();
    }

    @Test
    void aWholeAnswerIsSkippedToThePosition() throws UpstreamException {
        assertThat(BlobAnswer.of(answer(200, "Content-Length", "10"), RequestedRange.WHOLE, UNKNOWN, ""))
                .isEqualTo(new BlobAnswer(TEN, TEN, 0, true));
        assertThat(BlobAnswer.of(answer(200, "Content-Length", "10"), REST, TEN, ""))
                .isEqualTo(new BlobAnswer(TEN, TEN, 4, true));
        assertThat(BlobAnswer.of(answer(200), REST, TEN, "")).isEqualTo(new BlobAnswer(UNKNOWN, UNKNOWN, 4, true));
    }

    @Test
    void aPartMustBeTheRest() throws UpstreamException {
        assertThat(BlobAnswer.of(answer(206, "Content-Range", "bytes 4-9/10"), REST, UNKNOWN, ""))
                .isEqualTo(new BlobAnswer(TEN, TEN, 0, false));
        assertThat(BlobAnswer.of(answer(206, "Content-Range", "bytes 4-9/*"), REST, TEN, ""))
                .isEqualTo(new BlobAnswer(TEN, TEN, 0, false));
    }

    @ParameterizedTest
    @CsvSource({"bytes 4-6/10,10", "bytes 4-6/7,7", "bytes 4-5/6,6", "bytes 4-6/*,-1"})
    void aStretchEndsWhereItShouldOrWithTheBlob(String header, long length) throws UpstreamException {
        OptionalLong total = length < 0 ? UNKNOWN : OptionalLong.of(length);

        BlobAnswer answer = BlobAnswer.of(answer(206, "Content-Range", header), STRETCH, UNKNOWN, "");

        assertThat(answer)
                .isEqualTo(new BlobAnswer(total, OptionalLong.of(Math.min(7, total.orElse(7))), 0, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 3-6/10", "bytes 5-6/10", "bytes 4-5/10", "bytes 4-7/10", "bytes 4-9/10",
            "bytes 4-6/11", "bytes 4-6/7", "bytes 4-5/*", "bytes 4-7/*"})
    @DisplayName("U-13: a stretch that begins or ends elsewhere, or is one of another length, is refused")
    void aWrongStretchIsRefused(String header) {
        assertThatThrownBy(() -> BlobAnswer.of(answer(206, "Content-Range", header), STRETCH, TEN, "GET failed: "))
                .hasMessage("GET failed: bytes 4-6 were asked for, and " + header + " came");
    }

    @ParameterizedTest
    @CsvSource({"206,Content-Range,bytes 3-9/10", "206,Content-Range,bytes 4-8/10", "206,Content-Range,bytes 4-10/11",
            "206,Content-Range,bytes 4-9/*x", "206,X,y", "200,Content-Length,11", "200,Content-Encoding,gzip",
            "200,Content-Type,text/html;charset=utf-8", "200,Content-Length,-1", "200,Content-Length,1e1"})
    @DisplayName("U-09, U-12, U-13, U-15, U-29: what does not fit to what is there is refused")
    void whatDoesNotFitIsRefused(int status, String name, String value) {
        assertThatThrownBy(() -> BlobAnswer.of(answer(status, name, value), REST, TEN, "GET failed: "))
                .isInstanceOfSatisfying(UpstreamException.class,
                        e -> assertThat(e.reason()).isEqualTo(FailureReason.BAD_ANSWER))
                .hasMessageStartingWith("GET failed: ");
    }

    @Test
    @DisplayName("U-29: lengths that contradict each other are refused, the same one twice is not")
    void lengthsMustAgree() throws UpstreamException {
        Response twice = answer(200, "Content-Length", "10").newBuilder().addHeader("Content-Length", "10").build();
        Response two = twice.newBuilder().addHeader("Content-Length", "11").build();

        assertThat(StatedLength.of(twice, "")).hasValue(10);
        assertThatThrownBy(() -> StatedLength.of(two, "")).hasMessageContaining("10 and 11");
    }

    private static Response answer(int status, String... fields) {
        Response.Builder answer = new Response.Builder().request(new Request.Builder().url("http://a/").build())
                .protocol(Protocol.HTTP_1_1).message("").code(status).body(ResponseBody.create(new byte[0], null));
        for (int i = 0; i < fields.length; i += 2) {
            answer.addHeader(fields[i], fields[i + 1]);
        }
        return answer.build();
    }
}
