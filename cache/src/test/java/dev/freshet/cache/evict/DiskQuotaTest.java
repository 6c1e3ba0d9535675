package dev.freshet.cache.evict;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is charged, what is measured, and what is written in between, against one limit. */
class DiskQuotaTest {

    private static final long LIMIT = 64_000;
    private static final long HEADROOM = 8_000;

    private final DiskQuota quota = new DiskQuota(LIMIT);

    @Test
    void anEighthOfTheLimitIsLeftForWhatTheDatabasesMerge() {
        assertThat(quota.room()).isEqualTo(LIMIT - HEADROOM);
        assertThat(quota.tryCharge(LIMIT - HEADROOM + 1)).isFalse();
        assertThat(quota.tryCharge(LIMIT - HEADROOM)).isTrue();
        assertThat(quota.tryCharge(1)).isFalse();
        assertThat(quota.used()).isEqualTo(LIMIT - HEADROOM);
    }

    @Test
    void ofALargeLimitItIs128Mebibytes() {
        assertThat(new DiskQuota(1L << 40).room()).isEqualTo((1L << 40) - (128 << 20));
    }

    @Test
    void whatIsGivenBackCanBeChargedAgain() {
        assertThat(quota.tryCharge(53_000)).isTrue();
        assertThat(quota.missing(5_000)).isEqualTo(2_000);

        quota.release(2_000);

        assertThat(quota.missing(5_000)).isZero();
        assertThat(quota.tryCharge(5_000)).isTrue();
    }

    @Test
    void whatIsWrittenToDatabasesCountsTwiceUntilItIsMeasured() {
        quota.wrote(10_000);
        assertThat(quota.used()).isEqualTo(20_000);
        assertThat(quota.room()).isEqualTo(LIMIT - HEADROOM - 20_000);

        quota.measured(() -> 11_000);

        assertThat(quota.used()).isEqualTo(11_000);
        assertThat(quota.room()).isEqualTo(LIMIT - HEADROOM - 11_000);
    }

    @Test
    void whatIsWrittenWhileItIsMeasuredIsNotForgotten() {
        quota.wrote(10_000);

        quota.measured(() -> {
            quota.wrote(300);
            return 11_000;
        });

        assertThat(quota.used()).isEqualTo(11_600);
    }

    @Test
    void whatIsOnDiskAlreadyIsChargedWhateverThereIsRoomFor() {
        quota.charge(70_000);

        assertThat(quota.used()).isEqualTo(70_000);
        assertThat(quota.missing(0)).isEqualTo(70_000 - (LIMIT - HEADROOM));
    }
}
