package org.chatpress.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program's name and what all verbs share. */
@Command(
        name = "chatpress",
        description = "Publishes Slack channels as live chats: static JSON on S3, FTP or in a directory.",
        versionProvider = ChatpressCommand.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        footer = {
            "",
            "Exit codes: 0 fine; 1 some work failed and will be tried again; 2 the call or the file must be fixed.",
            "Example: chatpress once --config channels.yml"
        },
        subcommands = {
            RunCommand.class,
            OnceCommand.class,
            CheckCommand.class,
            RenderCommand.class,
            ImportCommand.class,
            DemoCommand.class,
            StatusCommand.class,
            MessagesCommand.class,
            SchemaCommand.class
        })
public final class ChatpressCommand implements Runnable {
    static final int OK = 0;
    static final int WORK_FAILED = 1;
    static final int USAGE_ERROR = 2;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "channels.yml",
            scope = ScopeType.INHERIT,
            description = "the settings (default: channels.yml)")
    private Path config;

    @Option(names = "--dry-run", scope = ScopeType.INHERIT, description = "print what would be done, and do none of it")
    private boolean dryRun;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "say more on stderr")
    private boolean verbose;

    private ChatpressCommand() {}

    /** Runs the program; gives its exit code. */
    public static int run(String... arguments) {
        var command = new ChatpressCommand();
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exit = command.commandLine().setOut(out).setErr(err).execute(arguments);
        if (out.checkError()) {
            err.println("cannot write the answer to stdout: the disk is full, or nobody reads it");
            err.println("Make room, or let what reads it read to the end.");
            return Math.max(exit, WORK_FAILED);
        }
        return exit;
    }

    CommandLine commandLine() {
        var line = new CommandLine(this);
        line.setExecutionStrategy(parsed -> {
            if (verbose) {
                tell(Level.DEBUG);
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setParameterExceptionHandler(ChatpressCommand::explained);
        line.setExecutionExceptionHandler((failure, failed, parsed) -> explained(failure, failed.getErr()));
        line.setUsageHelpWidth(100);
        return line;
    }

    /** Without a verb: help, and a call to be fixed. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
        throw usageError(spec, "Say what to do: chatpress VERB.");
    }

    Path config() {
        return config;
    }

    boolean isDryRun() {
        return dryRun;
    }

    /**
     * For verbs whose answer many lines of talk would hide; {@code --verbose} shows them all the same, but in a dry run,
     * where they would not be true.
     */
    void logWarningsOnly() {
        if (!verbose || dryRun) {
            tell(Level.WARN);
        }
    }

    static CommandLine.ParameterException usageError(CommandSpec verb, String problem) {
        return new CommandLine.ParameterException(verb.commandLine(), problem);
    }

    /** Only our own words: libraries may log tokens and bodies. */
    private static void tell(Level level) {
        ((Logger) LoggerFactory.getLogger("org.chatpress")).setLevel(level);
    }

    /** What is wrong with the call, in a line; the whole help would hide it. */
    private static int explained(CommandLine.ParameterException wrong, String[] arguments) {
        CommandLine verb = wrong.getCommandLine();
        PrintWriter err = verb.getErr();
        err.println(wrong.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.println("Try " + verb.getCommandSpec().qualifiedName() + " --help.");
        }
        return USAGE_ERROR;
    }

    /** Says what went wrong to the person who must act; a stack trace only for what is our own fault. */
    private int explained(Exception failure, PrintWriter err) {
        if (failure instanceof InvalidSettingsException) {
            err.println(failure.getMessage());
            return USAGE_ERROR;
        }
        if (failure instanceof StoreException store) {
            err.println(store.getMessage() + "\n" + store.hint());
            return WORK_FAILED;
        }
        if (failure instanceof RemoteException remote) {
            err.println(remote.getMessage() + (remote.hint().isEmpty() ? "" : "\n" + remote.hint()));
            return WORK_FAILED;
        }
        err.println("This is a bug of Chatpress; please report it with these lines.");
        failure.printStackTrace(err);
        return WORK_FAILED;
    }

    /** The version that the jar's manifest names. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = ChatpressCommand.class.getPackage().getImplementationVersion();
            return new String[] {"chatpress " + (version == null ? "(not packaged)" : version)};
        }
    }
}
