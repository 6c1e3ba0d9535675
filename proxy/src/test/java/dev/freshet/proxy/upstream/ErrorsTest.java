package dev.freshet.proxy.upstream;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.error.OciError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What failures of upstreams become for a client. */
class ErrorsTest {

    @ParameterizedTest
    @CsvSource({"NOT_FOUND,404,BLOB_UNKNOWN", "UNAUTHORIZED,403,DENIED", "FORBIDDEN,403,DENIED",
            "RATE_LIMITED,429,TOOMANYREQUESTS", "AGAINST_RULES,502,UNKNOWN", "UNREACHABLE,502,UNAVAILABLE",
            "STALLED,504,UNAVAILABLE",
            "SERVER_ERROR,503,UNAVAILABLE", "SIGNED_URL_REFUSED,502,UNKNOWN", "BAD_ANSWER,502,UNKNOWN"})
    void eachKindHasAStatusAndACode(FailureReason kind, int status, ErrorCode code) {
        OciError error = Errors.of(new UpstreamException(kind, "why"), ContentKind.BLOB);

        assertThat(error.status()).isEqualTo(status);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.message()).isEqualTo("why");
    }

    @Test
    void theUpstreamsWaitIsPassedOn() {
        UpstreamException limited = new UpstreamException(FailureReason.RATE_LIMITED, "", null, Duration.ofSeconds(42));

        assertThat(Errors.of(limited, ContentKind.MANIFEST).retryAfter()).hasValue(Duration.ofSeconds(42));
        assertThat(Errors.busy().retryAfter()).isPresent();
    }

    @Test
    void otherFailuresAre502AndAMissingManifestIsOne() {
        assertThat(Errors.of(new OriginException(FailureReason.UNREACHABLE, "x", null), ContentKind.BLOB).status())
                .isEqualTo(502);
        assertThat(Errors.of(new UpstreamException(FailureReason.NOT_FOUND, ""), ContentKind.MANIFEST).code())
                .isEqualTo(ErrorCode.MANIFEST_UNKNOWN);
    }

    @Test
    void theBodyIsWhatTheSpecificationSays() {
        OciError error = new OciError(404, ErrorCode.BLOB_UNKNOWN, "a \"quoted\"\nmessage");

        assertThat(new String(error.toJson(), StandardCharsets.UTF_8)).isEqualTo(
                "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"a \\\"quoted\\\"\\nmessage\",\"detail\":{}}]}");
    }
}
