package dev.freshet.config.load;

import dev.freshet.config.AccountConfig;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.unit.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of accounts: whether Freshet can use them at a registry. */
final class AccountChecks {

    private final Settings settings;
    private final Problems problems;

    AccountChecks(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    /** The key of the account at an index of the list, from 0. */
    static String key(String upstreamKey, int index) {
        return upstreamKey + ".accounts[" + index + "]";
    }

    void run(String upstreamKey, UpstreamConfig upstream) {
        List<AccountConfig> accounts = upstream.accounts();
        check(upstreamKey, upstream.account());
        for (int i = 0; i < accounts.size(); i++) {
            check(key(upstreamKey, i), accounts.get(i));
        }
        List<String> beside = ways(upstreamKey, upstream.account());
        if (!accounts.isEmpty() && !beside.isEmpty()) {
            add(beside.getFirst(), "accounts is set too: move it into the list");
        }
    }

    private void check(String key, AccountConfig account) {
        notBoth(key, "password", "password-file", account.passwordFile(), "password");
        notBoth(key, "identity-token", "identity-token-file", account.identityTokenFile(), "identity token");
        List<String> ways = ways(key, account);
        if (ways.size() > 1 && !problems.concern(key)) {
            add(ways.get(1), "another way to authenticate is set, " + ways.getFirst() + ": keep one of the two");
        }
        nameAndPassword(key, account);
        command(key + ".credential-command", account);
    }

    private void notBoth(String key, String given, String fromFile, Optional<Path> file, String what) {
        if (file.isPresent() && settings.has(key + "." + given)) {
            add(key + "." + fromFile, "there is " + (what.startsWith("i") ? "an " : "a ") + what
                    + " too: keep one of the two");
        }
    }

    private void nameAndPassword(String key, AccountConfig account) {
        String passwordKey = key + (account.passwordFile().isPresent() ? ".password-file" : ".password");
        boolean hasPassword = account.password().isPresent() || account.passwordFile().isPresent();
        if (account.username().isPresent() && !hasPassword && !problems.concern(key)) {
            add(key + ".username", "has no password: add password-file or password");
        }
        if (account.username().isEmpty() && hasPassword && !problems.concern(key)) {
            add(passwordKey, "has no username: add it");
        }
        account.username().ifPresent(name -> sendable(key + ".username", name));
        account.password().filter(Secret::hasControls).ifPresent(password -> add(passwordKey,
                "holds a control character, such as a line break, which cannot be sent (RFC 7617): remove it"));
    }

    /** RFC 7617, section 2: the colon ends the name, and control characters are in neither. */
    private void sendable(String key, String name) {
        if (name.isEmpty()) {
            add(key, "is empty: give the account's name");
        } else if (name.indexOf(':') >= 0) {
            add(key, "holds a colon, which ends the name where it is sent (RFC 7617): give the name alone, and the"
                    + " password by password-file or password");
        } else if (name.chars().anyMatch(Character::isISOControl)) {
            add(key, "holds a control character, which cannot be sent (RFC 7617): remove it");
        }
    }

    /** A program is an absolute path, or a name that the search path resolves when it runs. */
    private void command(String key, AccountConfig account) {
        if (account.credentialCommand().isEmpty()) {
            if (settings.has(key) && !problems.concern(key)) {
                add(key, "is empty: name the program, such as [docker-credential-ecr-login], or remove the key");
            }
            return;
        }
        String program = account.credentialCommand().getFirst().value();
        if (program.indexOf('/') < 0) {
            return;
        }
        Path path = Path.of(program);
        if (!path.isAbsolute()) {
            add(key, "\"" + program + "\" is a relative path: give the whole path, or the name of a program on the"
                    + " search path");
        } else if (!Files.isRegularFile(path) || !Files.isExecutable(path)) {
            add(key, program + " cannot be run: make it an executable file");
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

    private void add(String key, String message) {
        problems.add(key, settings.originOf(key), message);
    }
}
