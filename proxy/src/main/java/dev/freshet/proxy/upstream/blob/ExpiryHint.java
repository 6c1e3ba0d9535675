package dev.freshet.proxy.upstream.blob;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * When a signed URL says that it dies: {@code X-Amz-Date} and {@code X-Amz-Expires} (S3, R2), {@code X-Goog-Date} and
 * {@code X-Goog-Expires} (GCS), {@code Expires} in seconds of the epoch (CloudFront, S3's older form), and {@code se}
 * (Azure). It is a hint only: a URL may die earlier with the credentials that signed it, and clocks differ.
 */
final class ExpiryHint {

    private static final Duration LONGEST_MARGIN = Duration.ofSeconds(5);
    private static final int MARGIN_OF_LIFE = 10;

    private static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssX");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");

    private ExpiryHint() {}

    /**
     * Says from when on another URL should be asked for: some seconds before this one dies, or a tenth of its life where
     * that is less.
     *
     * @param url one that has just worked
     * @param now when it has
     * @return empty when it says nothing, or that it was dead by now, which makes no sense
     */
    static Optional<Instant> renewal(HttpUrl url, Instant now) {
        return Stream.of(signedAt(url, "X-Amz-"), signedAt(url, "X-Goog-"), epoch(url), iso(url))
                .flatMap(Optional::stream).min(Instant::compareTo).filter(now::isBefore)
                .map(death -> death.minus(margin(Duration.between(now, death))));
    }

    private static Duration margin(Duration life) {
        Duration part = life.dividedBy(MARGIN_OF_LIFE);
        return part.compareTo(LONGEST_MARGIN) < 0 ? part : LONGEST_MARGIN;
    }

    private static Optional<Instant> signedAt(HttpUrl url, String prefix) {
        String date = url.queryParameter(prefix + "Date");
        OptionalLong life = seconds(url.queryParameter(prefix + "Expires"));
        if (date == null || life.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(BASIC.parse(date, Instant::from).plusSeconds(life.getAsLong()));
        } catch (DateTimeException noDate) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> epoch(HttpUrl url) {
        OptionalLong seconds = seconds(url.queryParameter("Expires"));
        return seconds.isPresent() ? Optional.of(Instant.ofEpochSecond(seconds.getAsLong())) : Optional.empty();
    }

    /** A moment, or a day, which begins at midnight. */
    private static Optional<Instant> iso(HttpUrl url) {
        String moment = url.queryParameter("se");
        if (moment == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(moment.indexOf('T') < 0
                    ? LocalDate.parse(moment).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(moment).toInstant());
        } catch (DateTimeException noDate) {
            return Optional.empty();
        }
    }

    private static OptionalLong seconds(@Nullable String text) {
        return text == null || !SECONDS.matcher(text).matches()
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(text));
    }
}
