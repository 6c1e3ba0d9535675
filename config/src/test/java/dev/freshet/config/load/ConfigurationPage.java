package dev.freshet.config.load;

import dev.freshet.config.Option;
import dev.freshet.config.load.Node.Origin;
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

            Freshet works without configuration. It reads options from four sources; each source overrides the ones before it:

            1. the defaults
            2. a YAML file: `--config FILE`, or `freshet.yaml` in the working directory if it exists
            3. environment variables
            4. `--set KEY=VALUE` flags

            A source that sets a key replaces the whole value, also of a list or a map.

            `freshet check-config` prints every problem, or every option with its value and origin. Unknown keys, duplicate keys and
            unknown variables are problems.

            * A size is a whole number with `B`, `KiB`, `MiB`, `GiB` or `TiB`. A duration is a whole number with `ms`, `s`, `m`, `h`
              or `d`. A percentage is a whole number with `%`.
            * Relative paths, also those in the file, are relative to the working directory.
            * In a variable or flag, a list is `a,b` or `[a, b]`. Quote values that contain a comma: `['a{1,2}']`. A map is YAML or
              JSON in one line: `FRESHET_UPSTREAMS='{lab: {url: "http://10.0.0.5:5000"}}'`.
            * In a flag, the name of an upstream ends at the last dot, or is quoted:
              `--set upstreams.docker.io.tag-ttl=5m`, `--set 'upstreams."docker.io"={tag-ttl: 5m}'`.
            """;

    private static final String UPSTREAMS = """
            `<name>` is the registry in image names: `docker.io`, `localhost:5000`, `lab`. If no source sets `upstreams`, Freshet
            mirrors the well-known public registries. If a source sets it, Freshet mirrors only the registries in it. A well-known
            registry in it gets the values below for missing options; with its own `url`, it gets only the `aliases`. Names, aliases
            and hosts of upstreams must be unique.

            """;

    private static final String ACCOUNTS = """
            An account has exactly one of these: a username and a password, an identity token, or a `credential-command`. Of several
            accounts, Freshet uses the one with the most rate limit left. It pauses an account that got 429 or was rejected, if
            another account is available. All accounts of an upstream should have the same rights: Freshet serves all clients of the
            upstream what one account can read.

            `credential-command` is any Docker credential helper, as a list of words: `[docker-credential-ecr-login]`. Its program is
            an absolute path or a name on the search path. Freshet runs the command without a shell and without Freshet's own
            variables, and adds `get` as the last word. The command reads the name of the registry from its standard input: the host,
            or `https://index.docker.io/v1/` for Docker Hub, as for `docker login`. It prints
            `{"ServerURL": ..., "Username": ..., "Secret": ...}`. With the `Username` `<token>`, the `Secret` is an identity token.
            The command may take 10 s and print 64 KiB. Freshet uses the result for 10 minutes, then runs the command again in the
            background. While the command fails, Freshet uses the old result for up to 12 hours, and waits 10 s between runs. If a
            registry rejects the credentials, Freshet runs the command again at once.

            Freshet sends an identity token to the token server only, by POST. If the server returns another identity token, Freshet
            uses that one until Freshet stops, the file changes, or the server rejects it.

            Freshet reads a file at each use of its secret, so a change needs no restart. While a file is missing or empty, Freshet
            uses the previous content. When a registry rejects credentials, Freshet does not use them for 10 s, then 20 s, and so on
            up to 10 minutes, so that the account is not locked. It tries new credentials from the file or the command at once.
            Meanwhile Freshet serves cached tags and lists; other requests fail. `GET /api/v1/status` shows such accounts.
            """;

    private ConfigurationPage() {}

    static String write() {
        return INTRODUCTION + table("Top level", Shape.ROOT, "")
                + Shape.ROOT.members().stream().map(ConfigurationPage::section).collect(Collectors.joining())
                + "\n## Other variables\n\n`" + String.join("` and `", new TreeSet<>(Variables.OTHERS))
                + "` are for the launcher and the end-to-end tests. Freshet ignores the variables that Kubernetes\n"
                + "sets for a service whose name begins with `freshet`. Any other `FRESHET_` variable is a problem.\n";
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
        Node.Mapping tree = WellKnownUpstreams.complete(new Node.Mapping(Origin.DEFAULT, Map.of()));
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
