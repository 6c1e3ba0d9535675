package dev.freshet.proxy.serve.document;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link Platform}. */
class PlatformTest {

    private static final List<Platform> OFFERED = List.of(platform("linux/amd64"), platform("linux/arm/v5"),
            platform("linux/arm/v7"), platform("linux/arm64/v8"));

    @ParameterizedTest
    @CsvSource({"linux/amd64,linux/amd64", "linux/arm,linux/arm/v5", "linux/arm/v7,linux/arm/v7",
            "linux/arm64,linux/arm64", "linux/arm64/v8,linux/arm64"})
    void theVeryPlatformIsTakenOrTheFirstVariant(String wanted, String taken) {
        assertThat(platform(wanted).among(OFFERED)).contains(platform(taken));
    }

    @ParameterizedTest
    @CsvSource({"windows/amd64", "linux/arm/v6", "linux/s390x"})
    void whatIsNotOfferedIsNotTaken(String wanted) {
        assertThat(platform(wanted).among(OFFERED)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Linux,amd64,linux/amd64", "Mac OS X,aarch64,linux/arm64", "Windows 11,x86_64,windows/amd64"})
    void imagesForAMachineAreForLinuxUnlessItIsWindows(String os, String architecture, String expected) {
        assertThat(Platform.of(os, architecture)).hasToString(expected);
    }

    @Test
    void whatIsNoPlatformIsNone() {
        assertThat(Platform.parse("linux")).isEmpty();
        assertThat(Platform.parse("linux/")).isEmpty();
        assertThat(Platform.parse("a/b/c/d")).isEmpty();
    }

    private static Platform platform(String text) {
        return Platform.parse(text).orElseThrow();
    }
}
