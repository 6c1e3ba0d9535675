package dev.freshet.proxy.upstream.guard;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How long a server wants to be left alone: {@code Retry-After} in seconds or as a date (RFC 9110, section 10.2.3), in any of
 * the three forms that dates have had (section 5.6.7).
 */
public final class RetryAfter {

    /** No server is left alone for longer, even if it asks for more. */
    public static final Duration LONGEST = Duration.ofDays(1);

    private static final DateTimeFormatter ASCTIME = DateTimeFormatter
            .ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.US).withZone(ZoneOffset.UTC);
    private static final int YEARS_BACK = 50;

    private RetryAfter() {}

    /**
     * Reads it.
     *
     * @param value of {@code Retry-After}
     * @param date of {@code Date}, which a date is compared with, as the server's clock may not be right
     * @param now what it is compared with when there is no {@code Date}
     * @return from nothing, which is also of what has passed, to {@link #LONGEST}; empty when it says nothing
     */
    public static Optional<Duration> of(@Nullable String value, @Nullable String date, Instant now) {
        String text = value == null ? "" : value.strip();
        Optional<Duration> wait = text.matches("-?[0-9]{1,12}")
                ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
                : date(text, now).map(at -> Duration.between(
                        date(date == null ? "" : date.strip(), now).orElse(now), at));
        return wait.map(RetryAfter::bounded);
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }

    private static Optional<Instant> date(String text, Instant now) {
        return Stream.of(DateTimeFormatter.RFC_1123_DATE_TIME, rfc850(now), ASCTIME)
                .flatMap(form -> parsed(form, text).stream()).findFirst();
    }

    private static Optional<Instant> parsed(DateTimeFormatter form, String text) {
        try {
            return Optional.of(Instant.from(form.parse(text)));
        } catch (DateTimeException notOfThisForm) {
            return Optional.empty();
        }
    }

    /** Of the years with these two digits it means the last one that is less than fifty years away. */
    private static DateTimeFormatter rfc850(Instant now) {
        LocalDate earliest = LocalDate.ofInstant(now, ZoneOffset.UTC).minusYears(YEARS_BACK - 1L);
        return new DateTimeFormatterBuilder().appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, earliest).appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.US).withZone(ZoneOffset.UTC);
    }

    /** Rounded up, so that a client that waits for so long has waited long enough. */
    public static String inSeconds(Duration wait) {
        return wait.plusMillis(999).toSeconds() + " s";
    }
}
