package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamConfig.AccountConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.config.unit.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A reader of the accounts of upstreams, which also checks whether a registry can use them. */
final class AccountReader {

    private final Report report;

    AccountReader(Report report) {
        this.report = report;
    }

    /** The configuration with the secrets from the files. */
    FreshetConfig read(FreshetConfig config) {
        Map<UpstreamName, UpstreamConfig> upstreams = new LinkedHashMap<>();
        config.upstreams().forEach((name, upstream) -> upstreams.put(name, read("upstreams." + name, upstream)));
        return config.withUpstreams(upstreams);
    }

    private UpstreamConfig read(String key, UpstreamConfig upstream) {
        AccountConfig one = read(key, upstream.account());
        List<AccountConfig> others = new ArrayList<>();
        upstream.accounts().forEach(account -> others
                .add(read(key(key, others.size()), account)));
        return upstream.withAccounts(one, others);
    }

    private AccountConfig read(String key, AccountConfig account) {
        return account.with(
                account.password().or(() -> account.passwordFile()
                        .flatMap(file -> secret(key + ".password-file", file, "password"))),
                account.identityToken().or(() -> account.identityTokenFile()
                        .flatMap(file -> secret(key + ".identity-token-file", file, "identity token"))));
    }

    private Optional<Secret> secret(String key, Path file, String what) {
        try {
            return Optional.of(Secret.read(file));
        } catch (IOException e) {
            report.problem(key, file + " cannot be read: make it a readable text file");
        } catch (InvalidValueException e) {
            report.problem(key, file + " is empty: write the " + what + " into it");
        }
        return Optional.empty();
    }

    /** The key of the account at an index of the list, from 0. */
    private static String key(String upstreamKey, int index) {
        return upstreamKey + ".accounts[" + index + "]";
    }

    void check(String upstreamKey, UpstreamConfig upstream) {
        List<AccountConfig> accounts = upstream.accounts();
        check(upstreamKey, upstream.account());
        for (int i = 0; i < accounts.size(); i++) {
            check(key(upstreamKey, i), accounts.get(i));
        }
        List<String> beside = ways(upstreamKey, upstream.account());
        if (!accounts.isEmpty() && !beside.isEmpty()) {
            report.problem(beside.getFirst(), "accounts is set too: move it into the list");
        }
    }

    private void check(String key, AccountConfig account) {
        notBoth(key, "password", "password-file", account.passwordFile(), "password");
        notBoth(key, "identity-token", "identity-token-file", account.identityTokenFile(), "identity token");
        List<String> ways = ways(key, account);
        if (ways.size() > 1 && !report.hasProblem(key)) {
            report.problem(ways.get(1),
                    "another way to authenticate is set, " + ways.getFirst() + ": keep one of the two");
        }
        nameAndPassword(key, account);
        command(key + ".credential-command", account);
    }

    private void notBoth(String key, String given, String fromFile, Optional<Path> file, String what) {
        if (file.isPresent() && report.hasSetting(key + "." + given)) {
            report.problem(key + "." + fromFile, "there is " + (what.startsWith("i") ? "an " : "a ") + what
                    + " too: keep one of the two");
        }
    }

    private void nameAndPassword(String key, AccountConfig account) {
        String passwordKey = key + (account.passwordFile().isPresent() ? ".password-file" : ".password");
        boolean hasPassword = account.password().isPresent() || account.passwordFile().isPresent();
        if (account.username().isPresent() && !hasPassword && !report.hasProblem(key)) {
            report.problem(key + ".username", "has no password: add password-file or password");
        }
        if (account.username().isEmpty() && hasPassword && !report.hasProblem(key)) {
            report.problem(passwordKey, "has no username: add it");
        }
        account.username().ifPresent(name -> sendable(key + ".username", name));
        account.password().filter(Secret::hasControls).ifPresent(password -> report.problem(passwordKey,
                "holds a control character, such as a line break, which cannot be sent (RFC 7617): remove it"));
    }

    /** RFC 7617, section 2: the colon ends the name, and control characters are in neither. */
    private void sendable(String key, String name) {
        if (name.isEmpty()) {
            report.problem(key, "is empty: give the account's name");
        } else if (name.indexOf(':') >= 0) {
            report.problem(key,
                    "holds a colon, which ends the name where it is sent (RFC 7617): give the name alone, and the"
                            + " password by password-file or password");
        } else if (name.chars().anyMatch(Character::isISOControl)) {
            report.problem(key, "holds a control character, which cannot be sent (RFC 7617): remove it");
        }
    }

    /** A program is an absolute path, or a name that the search path resolves when it runs. */
    private void command(String key, AccountConfig account) {
        if (account.credentialCommand().isEmpty()) {
            if (report.hasSetting(key) && !report.hasProblem(key)) {
                report.problem(key,
                        "is empty: name the program, such as [docker-credential-ecr-login], or remove the key");
            }
            return;
        }
        String program = account.credentialCommand().getFirst().value();
        if (program.indexOf('/') < 0) {
            return;
        }
        Path path = Path.of(program);
        if (!path.isAbsolute()) {
            report.problem(key,
                    "\"" + program + "\" is a relative path: give the whole path, or the name of a program on the"
                            + " search path");
        } else if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
            report.problem(key, program + " cannot be run: make it an executable file");
        }
    }

    /** The keys of the ways to authenticate that are set. */
    private static List<String> ways(String key, AccountConfig account) {
        List<String> ways = new ArrayList<>();
        account.username().ifPresent(name -> ways.add(key + ".username"));
        account.identityToken().ifPresentOrElse(token -> ways.add(key + ".identity-token"),
                () -> account.identityTokenFile().ifPresent(file -> ways.add(key + ".identity-token-file")));
        if (!account.credentialCommand().isEmpty()) {
            ways.add(key + ".credential-command");
        }
        return ways;
    }
}
