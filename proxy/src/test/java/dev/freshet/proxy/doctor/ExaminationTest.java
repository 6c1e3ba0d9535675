package dev.freshet.proxy.doctor;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.config.load.ConfigLoader;
import dev.freshet.config.load.ConfigLoader.ConfigSources;
import dev.freshet.proxy.doctor.Diagnosis.Check;
import dev.freshet.proxy.doctor.Diagnosis.Finding;
import dev.freshet.proxy.doctor.Doctor.KnownImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said of checks that have not been made. */
class ExaminationTest {

    private static final RegistryHost LAB = new RegistryHost("lab");

    @Test
    void whatIsNotDoneInTimeFailsAndWhatIsBehindItIsSkipped() {
        Examination examination = new Examination(LAB, Optional.empty());

        Diagnosis diagnosis = examination.diagnosis(Optional.of(Duration.ofSeconds(40)));

        assertThat(diagnosis.isGood()).isFalse();
        assertThat(diagnosis.findings()).containsOnlyKeys(Check.values());
        assertThat(diagnosis.findings().get(Check.NAME)).isEqualTo(new Finding.Bad("check of the name of upstream lab"
                + " failed: it took longer than 40 s; check any proxy or firewall in between, and the name server"));
        assertThat(diagnosis.findings().get(Check.STORAGE)).isInstanceOf(Finding.Skipped.class);
    }

    @Test
    void whatHasFailedInTimeIsTheOnlyFailure() {
        Examination examination = new Examination(LAB, Optional.empty());
        examination.impossible("why");

        Diagnosis diagnosis = examination.diagnosis(Optional.of(Duration.ofSeconds(40)));

        assertThat(diagnosis.findings().values()).filteredOn(Finding.Bad.class::isInstance)
                .containsExactly(new Finding.Bad("why"));
    }

    @Test
    void imagesAreKnownOfWellKnownRegistriesOnly() throws Exception {
        List<RegistryHost> wellKnown = ConfigLoader
                .load(new ConfigSources(Optional.empty(), Map.of(), List.of(), Path.of(""))).config().upstreams()
                .keySet().stream().map(name -> new RegistryHost(name.value())).toList();

        assertThat(wellKnown).filteredOn(name -> KnownImages.of(name).isPresent()).hasSize(11);
        assertThat(KnownImages.of(new RegistryHost("docker.io"))).hasToString(
                "Optional[docker.io/library/hello-world:latest]");
        assertThat(KnownImages.of(LAB)).isEmpty();
    }
}
