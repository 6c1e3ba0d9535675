package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.Credentials;
import dev.freshet.config.Credentials.CommandWord;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the {@code credential-command} of one upstream; each failure is told in the log. */
final class CredentialCommand implements CommandSource.Command {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialCommand.class);

    /** Well within the time that clients wait for a head. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Upstream upstream;
    private final Credentials.Command command;
    private final CredentialHelper helper;

    CredentialCommand(Upstream upstream, Credentials.Command command) {
        this.upstream = upstream;
        this.command = command;
        this.helper = new CredentialHelper(command.words().stream().map(CommandWord::value).toList(), PATIENCE);
    }

    @Override
    public Credential run() throws UpstreamException, InterruptedException {
        String server = upstream.loginServer();
        try {
            return helper.ask(server);
        } catch (HelperException e) {
            String what = "run of credential-command " + command.label() + " for upstream " + upstream.name()
                    + " failed: " + e.getMessage() + (e.isIgnorant()
                            ? "; log in to it with this helper, or remove credential-command"
                            : "; try `echo " + server + " | " + command.label() + " get`");
            LOG.warn("{}", what);
            throw e.isIgnorant()
                    ? UpstreamException.withoutCredentials(what, e)
                    : new UpstreamException(Kind.SERVER_ERROR, what, e, null);
        }
    }
}
