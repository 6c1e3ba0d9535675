package dev.freshet.config.load;

import dev.freshet.config.Option;
import dev.freshet.config.load.Shape.Entries;
import dev.freshet.config.load.Shape.Group;
import dev.freshet.config.load.Shape.Groups;
import dev.freshet.config.load.Shape.Leaf;
import dev.freshet.config.load.Shape.Many;
import dev.freshet.config.load.Shape.Member;
import dev.freshet.config.load.Shape.One;
import dev.freshet.config.load.Shape.Perhaps;
import dev.freshet.config.load.Variables.Variable;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes {@code docs/configuration.md} from the records. */
final class ConfigurationPage {

    private static final String INTRODUCTION = """
            # Configuration

            This page is generated from the records in `config`; a test fails when it is stale.

            Freshet needs no configuration. What there is comes from four places, each of which wins over those before it:
            the defaults; a YAML file, `--config FILE`, or `freshet.yaml` in the working directory if it exists; environment
            variables; `--set KEY=VALUE` flags. A place that sets a key replaces its whole value, also a list or a map.

            `freshet check-config` prints every problem there is, or every option with its value and where that came from.
            Unknown keys, keys given twice and unknown variables are problems.

            * A size is a whole number and `B`, `KiB`, `MiB`, `GiB` or `TiB`; a duration one and `ms`, `s`, `m`, `h` or `d`;
              a percentage one and `%`.
            * Relative paths, also those in the file, are relative to the working directory.
            * A list outside the file is `a,b` or `[a, b]`, with quotes around what holds a comma: `['a{1,2}']`; a map is YAML or JSON in one line:
              `FRESHET_UPSTREAMS='{lab: {url: "http://10.0.0.5:5000"}}'`.
            * In a flag, the name of an upstream reaches to the last dot, or stands in quotes:
              `--set upstreams.docker.io.tag-ttl=5m`, `--set 'upstreams."docker.io"={tag-ttl: 5m}'`.
            """;

    private static final String UPSTREAMS = """
            Each key is the name by which images call a registry: `docker.io`, `localhost:5000`, `lab`. Without `upstreams`
            from anywhere, the well-known public registries are there; with it, only those it names. A well-known one among
            them has the values below for what it leaves out, except that one with its own `url` gets only the `aliases`.
            No two upstreams share a name, an alias or a host.

            """;

    private static final String ACCOUNTS = """
            An account has a name and a password, or an identity token, or a `credential-command`, and no two of these. Those of a
            list take turns: the one that has most of its rate limit left is used, and one that was answered 429, or was refused, is
            left alone for a while when another can be used. All of them should be allowed to read the same: what one account
            may read, Freshet serves to everybody who may use that upstream.

            `credential-command` is any of Docker's credential helpers, as a list of words: `[docker-credential-ecr-login]`. Its
            program is a whole path or the name of one on the search path. It is run without a shell, with `get` as its last word, and
            without Freshet's own variables; it reads on its input what `docker login` calls the registry, its host, or
            `https://index.docker.io/v1/` for Docker Hub; it prints `{"ServerURL": ..., "Username": ..., "Secret": ...}`, of which a
            `Username` of `<token>` makes the `Secret` an identity token. It has 10 s and 64 KiB. Its answer is used for 10 minutes;
            then the command is run again in the background, and as long as it fails the old answer goes on being used, 12 hours
            at most. It is run anew when its answer is refused. After a failure it is left alone for 10 s.

            Identity tokens are sent to the token server only, by POST; one that it gives in exchange is used from then on, until
            Freshet ends, the file holds another, or it is refused.

            Files are read whenever their secret is used: one that changes needs no restart. A file that is missing or empty for a
            moment keeps what it held. Credentials that a registry refuses are left alone for 10 s, then 20 s, and so on up to
            10 minutes, so that the account is not locked; other ones, from the file or the command, are shown at once.
            Meanwhile cached tags and lists are served, and the rest fails. `GET /api/v1/status` says so.
            """;

    private ConfigurationPage() {}

    static String write() {
        return INTRODUCTION + table("Top level", Shape.ROOT, "")
                + Shape.ROOT.members().stream().map(ConfigurationPage::section).collect(Collectors.joining())
                + "\n## Other variables\n\n`" + String.join("` and `", new TreeSet<>(Variables.OTHERS))
                + "` are read by the launcher and the end-to-end tests. The variables that Kubernetes sets for a\n"
                + "service whose name begins with `freshet` are ignored. Any other `FRESHET_` variable is a problem.\n";
    }

    private static String section(Member member) {
        return switch (member.shape()) {
            case Group group -> table("`" + member.key() + "`", group, member.key() + ".");
            case Entries entries -> table("`" + member.key() + ".<name>`", entries.entry(), "") + "\n" + UPSTREAMS
                    + wellKnown() + entries.entry().members().stream().map(ConfigurationPage::section)
                            .collect(Collectors.joining());
            case Groups groups -> table("`upstreams.<name>." + member.key() + "[]`", groups.item(), "") + "\n"
                    + ACCOUNTS;
            case Leaf leaf -> "";
        };
    }

    private static String table(String title, Group group, String prefix) {
        return "\n## " + title + "\n\n| key | type | default | what it does |\n|---|---|---|---|\n"
                + group.members().stream()
                        .filter(member -> !(member.shape() instanceof Group))
                        .map(member -> "| `" + prefix + member.key() + "` | " + type(member.shape()) + " | "
                                + defaultValue(member) + " | " + text(member, prefix) + " |\n")
                        .collect(Collectors.joining());
    }

    private static String type(Shape shape) {
        return switch (shape) {
            case Many many -> "list of " + many.type().noun();
            case One one -> one.type().noun();
            case Perhaps perhaps -> perhaps.type().noun();
            case Entries entries -> "map, see below";
            case Groups groups -> "list of mappings, see below";
            case Group group -> "group";
        };
    }

    private static String defaultValue(Member member) {
        return switch (member.shape()) {
            case One one -> "`" + member.option().defaultValue() + "`";
            case Many many -> "`[]`";
            case Groups groups -> "`[]`";
            case Perhaps perhaps -> "none";
            case Entries entries -> "see below";
            case Group group -> "";
        };
    }

    private static String text(Member member, String prefix) {
        String key = prefix + member.key();
        String variable = Variables.all().stream().filter(candidate -> candidate.key().equals(key)).map(Variable::name)
                .map(" `%s`"::formatted).findFirst().orElse("");
        return member.option().doc() + bounds(member.option()) + variable;
    }

    private static String bounds(Option option) {
        if (option.min().isEmpty() && option.max().isEmpty()) {
            return "";
        }
        return option.max().isEmpty()
                ? " At least " + option.min() + "."
                : " From " + option.min() + " to " + option.max() + ".";
    }

    private static String wellKnown() {
        Node.Mapping tree = WellKnownUpstreams.complete(new Node.Mapping(new Origin.Default(), Map.of()));
        Node.Mapping upstreams = (Node.Mapping) tree.entries().getOrDefault(WellKnownUpstreams.KEY, tree);
        Map<Boolean, String> lists = upstreams.entries().entrySet().stream().collect(
                Collectors.partitioningBy(entry -> entry.getValue() instanceof Node.Empty, Collectors.mapping(
                        entry -> "`" + entry.getKey() + "`" + values(entry.getValue()), Collectors.joining(", "))));
        return "Well-known: " + lists.get(false) + "; and, with the defaults above, " + lists.get(true) + ".\n";
    }

    private static String values(Node upstream) {
        Stream<Map.Entry<String, Node>> entries = upstream instanceof Node.Mapping mapping
                ? mapping.entries().entrySet().stream()
                : Stream.of();
        return entries.map(entry -> " `" + entry.getKey() + ": " + value(entry.getValue()) + "`")
                .collect(Collectors.joining());
    }

    private static String value(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> scalar.text();
            case Node.Sequence list -> "["
                    + list.items().stream().map(ConfigurationPage::value).collect(Collectors.joining(", ")) + "]";
            case Node.Mapping mapping -> "{}";
            case Node.Empty empty -> "";
        };
    }
}
