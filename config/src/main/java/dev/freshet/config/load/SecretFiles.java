package dev.freshet.config.load;

import dev.freshet.config.AccountConfig;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.config.unit.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A reader of the files with passwords and identity tokens, for accounts without a secret in the configuration. */
final class SecretFiles {

    private final Settings settings;
    private final Problems problems;

    SecretFiles(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
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
                .add(read(AccountChecks.key(key, others.size()), account)));
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
            problems.add(key, settings.originOf(key), file + " cannot be read: make it a readable text file");
        } catch (InvalidValueException e) {
            problems.add(key, settings.originOf(key), file + " is empty: write the " + what + " into it");
        }
        return Optional.empty();
    }
}
