package dev.freshet.proxy.cli;

import dev.freshet.config.FreshetConfig;
import dev.freshet.proxy.Freshet;
import dev.freshet.proxy.doctor.Diagnosis;
import dev.freshet.proxy.doctor.Diagnosis.Check;
import dev.freshet.proxy.doctor.Diagnosis.Finding;
import dev.freshet.proxy.doctor.Doctor;
import dev.freshet.proxy.route.ImageName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doctor}: checks each configured upstream, with or without a running Freshet. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = {
        "Sends each configured upstream the requests of a pull: name resolution, TLS, /v2/, a token, a manifest, and one"
                + " byte of a blob, through all redirects. It works with or without a running Freshet.",
        "Exit code 1 if an upstream fails. Registries that count pulls, such as Docker Hub, count one pull."})
final class DoctorCommand extends ConfiguredCommand {

    @Option(names = "--image", paramLabel = "REF", description = "Image to check at its upstream, such as lab/team/app:1.0 (default: a small public image, if one is known); once per upstream.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Optional<List<ImageName>> images = images(names);
        Optional<FreshetConfig> config = images.isEmpty() ? Optional.empty() : config();
        if (images.isEmpty() || config.isEmpty()) {
            return 2;
        }
        try {
            List<Diagnosis> diagnoses = Freshet.doctor(config.get()).examine(images.get());
            DoctorReport report = new DoctorReport(diagnoses);
            out().println(json ? report.json() : report.table());
            return diagnoses.stream().allMatch(Diagnosis::isGood) ? 0 : 1;
        } catch (Doctor.NoSuchImageException e) {
            err().println("doctor failed: " + e.getMessage());
            return 2;
        }
    }

    /**
     * A report on upstreams.
     *
     * @param diagnoses one per upstream
     */
    record DoctorReport(List<Diagnosis> diagnoses) {

        private static final JsonMapper JSON = JsonMapper.builder().build();

        /** A line for each upstream, followed by a line for each failure, and for each manifest that was not checked. */
        String table() {
            List<List<String>> rows = new ArrayList<>();
            rows.add(Stream.concat(Stream.of("UPSTREAM"),
                    Stream.of(Check.values()).map(check -> check.label().toUpperCase(Locale.ROOT))).toList());
            for (Diagnosis diagnosis : diagnoses) {
                rows.add(Stream.concat(Stream.of(diagnosis.upstream().value()),
                        diagnosis.findings().values().stream().map(DoctorReport::cell)).toList());
            }
            StringBuilder table = new StringBuilder(1024);
            for (List<String> row : rows) {
                StringBuilder line = new StringBuilder(160);
                for (int column = 0; column < row.size(); column++) {
                    line.append(row.get(column))
                            .append(" ".repeat(widest(rows, column) + 2 - row.get(column).length()));
                }
                table.append(line.toString().stripTrailing()).append('\n');
            }
            diagnoses.forEach(diagnosis -> append(table, diagnosis));
            return table.toString().stripTrailing();
        }

        private static int widest(List<List<String>> rows, int column) {
            return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
        }

        private static String cell(Finding finding) {
            return switch (finding) {
                case Finding.Good(String what) -> what;
                case Finding.Bad(String message) -> "FAILED";
                case Finding.Skipped(String why) -> "-";
            };
        }

        private static void append(StringBuilder table, Diagnosis diagnosis) {
            for (Map.Entry<Check, Finding> entry : diagnosis.findings().entrySet()) {
                switch (entry.getValue()) {
                    case Finding.Good good -> {
                        // The table has it.
                    }
                    case Finding.Bad(String message) -> table.append('\n').append(diagnosis.upstream()).append(", ")
                            .append(entry.getKey().label()).append(": ").append(message).append('\n');
                    case Finding.Skipped(String why) -> {
                        if (diagnosis.isGood() && entry.getKey() == Check.MANIFEST) {
                            table.append('\n').append(diagnosis.upstream()).append(": ").append(why).append('\n');
                        }
                    }
                }
            }
        }

        /** The same as JSON. */
        String json() {
            ObjectNode root = JSON.createObjectNode();
            ArrayNode all = root.putArray("upstreams");
            for (Diagnosis diagnosis : diagnoses) {
                ObjectNode node = all.addObject().put("upstream", diagnosis.upstream().value())
                        .put("good", diagnosis.isGood());
                diagnosis.image().ifPresent(image -> node.put("image", image.toString()));
                ObjectNode checks = node.putObject("checks");
                diagnosis.findings().forEach((check, finding) -> {
                    ObjectNode found = checks.putObject(check.label());
                    switch (finding) {
                        case Finding.Good(String what) -> found.put("result", "good").put("found", what);
                        case Finding.Bad(String message) -> found.put("result", "failed").put("message", message);
                        case Finding.Skipped(String why) -> found.put("result", "skipped").put("why", why);
                    }
                });
            }
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        }
    }
}
