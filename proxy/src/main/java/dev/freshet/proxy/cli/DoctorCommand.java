package dev.freshet.proxy.cli;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.config.load.EffectiveConfig;
import dev.freshet.proxy.Freshet;
import dev.freshet.proxy.doctor.Diagnosis;
import dev.freshet.proxy.doctor.Doctor;
import dev.freshet.proxy.route.ImageName;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: checks each configured upstream, with or without a running Freshet. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = {
        "Sends each configured upstream the requests of a pull: name resolution, TLS, /v2/, a token, a manifest, and one"
                + " byte of a blob, through all redirects. It works with or without a running Freshet.",
        "Exit code 1 if an upstream fails. Registries that count pulls, such as Docker Hub, count one pull."})
final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--image", paramLabel = "REF", description = "Image to check at its upstream, such as lab/team/app:1.0 (default: a small public image, if one is known); once per upstream.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        List<ImageName> images = new ArrayList<>();
        try {
            names.forEach(name -> images.add(ImageName.parse(name)));
        } catch (InvalidNameException e) {
            err().println("doctor failed: " + e.getMessage() + "; " + ImageName.EXAMPLE);
            return 2;
        }
        Optional<EffectiveConfig> config = options.load(err());
        if (config.isEmpty()) {
            return 2;
        }
        try {
            List<Diagnosis> diagnoses = Freshet.doctor(config.get().config()).examine(images);
            DoctorReport report = new DoctorReport(diagnoses);
            spec.commandLine().getOut().println(json ? report.json() : report.table());
            return diagnoses.stream().allMatch(Diagnosis::isGood) ? 0 : 1;
        } catch (Doctor.NoSuchImageException e) {
            err().println("doctor failed: " + e.getMessage());
            return 2;
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
