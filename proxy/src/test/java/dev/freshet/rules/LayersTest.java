package dev.freshet.rules;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** Who may know whom, and which library is at home where. */
class LayersTest {

    @Test
    void allThreeModulesAreLookedAt() {
        assertThat(MainClasses.ALL).extracting(JavaClass::getPackageName).contains("dev.freshet.config.load",
                "dev.freshet.cache.fill", "dev.freshet.cache.rocks", "dev.freshet.proxy.http", "dev.freshet.proxy");
        assertThat(MainClasses.ALL).extracting(JavaClass::getPackageName).doesNotContain("dev.freshet.rules",
                "dev.freshet.testbed");
    }

    @ParameterizedTest(name = "{0} is at home in {1}")
    @CsvSource(textBlock = """
            org.rocksdb..,                   dev.freshet.cache.rocks..
            io.undertow..,                   dev.freshet.proxy.http;dev.freshet.proxy.admin
            org.xnio..,                      dev.freshet.proxy.http
            okhttp3..,                       dev.freshet.proxy.upstream..
            okio..,                          dev.freshet.proxy.upstream..
            com.github.benmanes.caffeine..,  dev.freshet.proxy.upstream..
            io.micrometer..,                 dev.freshet.proxy.meter
            io.prometheus..,                 dev.freshet.proxy.meter
            tools.jackson.dataformat..,      dev.freshet.config.load
            picocli..,                       dev.freshet.proxy.cli
            ch.qos.logback..,                dev.freshet.proxy.log
            """)
    void aLibraryHasItsHome(String library, String home) {
        noClasses().that().resideOutsideOfPackages(home.split(";")).should().dependOnClassesThat()
                .resideInAnyPackage(library).allowEmptyShould(true).check(MainClasses.ALL);
    }

    @Test
    void configAndCacheAreLeavesThatDoNotKnowEachOther() {
        noClasses().that().resideInAPackage("dev.freshet.config..").should().dependOnClassesThat()
                .resideInAnyPackage("dev.freshet.cache..", "dev.freshet.proxy..").check(MainClasses.ALL);
        noClasses().that().resideInAPackage("dev.freshet.cache..").should().dependOnClassesThat()
                .resideInAnyPackage("dev.freshet.config..", "dev.freshet.proxy..").check(MainClasses.ALL);
    }

    @Test
    void theProxyNamesNoStorageBackend() {
        noClasses().that().resideInAPackage("dev.freshet.proxy..").should().dependOnClassesThat()
                .resideInAPackage("dev.freshet.cache.rocks..").check(MainClasses.ALL);
    }

    @Test
    void nothingBelowTheDataPortKnowsIt() {
        noClasses().that()
                .resideInAnyPackage("dev.freshet.proxy.route", "dev.freshet.proxy.range", "dev.freshet.proxy.serve..",
                        "dev.freshet.proxy.answer", "dev.freshet.proxy.error",
                        "dev.freshet.proxy.upstream..")
                .should().dependOnClassesThat()
                .resideInAnyPackage("dev.freshet.proxy.http", "dev.freshet.proxy.admin", "dev.freshet.proxy.meter",
                        "dev.freshet.proxy.cli")
                .check(MainClasses.ALL);
    }

    @Test
    void noPackagesDependOnEachOtherInACircle() {
        SlicesRuleDefinition.slices().matching("dev.freshet.(**)").should().beFreeOfCycles().check(MainClasses.ALL);
    }
}
