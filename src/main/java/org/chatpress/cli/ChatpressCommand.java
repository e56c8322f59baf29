package org.chatpress.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.chatpress.cli.Verb.DryRunOption;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line as a whole: the verbs, the options that they share, and how errors are printed. */
@Command(
        name = "chatpress",
        description = "Publishes Slack channels as live chats: static JSON on S3, FTP or in a directory.",
        versionProvider = ChatpressCommand.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        footer = {
            "",
            "Exit codes: 0 success; 1 some work failed and will be retried; 2 fix the command or the file.",
            "Example: chatpress once --config channels.yml"
        },
        subcommands = {
            DemoCommand.class,
            InitCommand.class,
            RunCommand.class,
            OnceCommand.class,
            CheckCommand.class,
            RenderCommand.class,
            ImportCommand.class,
            CopyDatabaseCommand.class,
            StatusCommand.class,
            MessagesCommand.class,
            ChatpressCommand.SchemaCommand.class
        })
public final class ChatpressCommand implements Callable<Integer> {
    static final int OK = 0;
    static final int WORK_FAILED = 1;
    static final int USAGE_ERROR = 2;

    private static final String DEFAULT_CONFIG = "channels.yml";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = DEFAULT_CONFIG,
            scope = ScopeType.INHERIT,
            description = "the settings file (default: channels.yml)")
    private Path config;

    @Option(
            names = DryRunOption.NAME,
            description = "print what would be done, and do none of it (for once, render and import)")
    private boolean dryRun;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "log more to stderr")
    private boolean verbose;

    ChatpressCommand() {}

    /** Runs the program; returns its exit code. */
    public static int run(String... arguments) {
        var command = new ChatpressCommand();
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exitCode = execute(command.commandLine().setOut(out).setErr(err), arguments);
        if (out.checkError()) {
            err.println("cannot write to stdout (disk full or pipe closed)");
            return Math.max(exitCode, WORK_FAILED);
        }
        return exitCode;
    }

    static int execute(CommandLine commandLine, String... arguments) {
        try {
            return commandLine.execute(arguments);
        } catch (Error e) {
            printError(e, commandLine.getErr());
            return WORK_FAILED;
        }
    }

    CommandLine commandLine() {
        var commandLine = new CommandLine(this);
        commandLine.setExecutionStrategy(parsed -> {
            if (verbose) {
                setLogLevel(Level.DEBUG);
            }
            if (dryRun && parsed.hasSubcommand()) {
                setDryRun(parsed.subcommand().commandSpec());
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        commandLine.setParameterExceptionHandler(ChatpressCommand::printUsageError);
        commandLine.setExecutionExceptionHandler((failure, failed, parsed) -> printFailure(failure, failed.getErr()));
        commandLine.setUsageHelpWidth(100);
        return commandLine;
    }

    /** Without a verb: prints the help and where to start, and fails. */
    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        spec.commandLine().usage(err);
        err.println("\nMissing verb. To see how Chatpress works: " + program() + " demo");
        err.println("To use it with your Slack: " + program() + " init");
        return USAGE_ERROR;
    }

    /** How this program is called in a shell: {@code java -jar target/chatpress.jar}, or {@code chatpress}. */
    static String program() {
        String classPath = System.getProperty("java.class.path");
        boolean isOurJar = !classPath.contains(File.pathSeparator) && classPath.endsWith("chatpress.jar");
        return isOurJar ? "java -jar " + classPath : "chatpress";
    }

    /** A command with this verb on the same settings file, to copy into a shell. */
    String example(String verb) {
        return program() + " " + verb + (config.equals(Path.of(DEFAULT_CONFIG)) ? "" : " --config " + config);
    }

    /** Passes {@code --dry-run}, given before the verb, on to the verb. */
    private static void setDryRun(CommandSpec verb) {
        OptionSpec option = verb.findOption(DryRunOption.NAME);
        if (option == null) {
            throw new CommandLine.ParameterException(
                    verb.commandLine(), verb.name() + " has no option " + DryRunOption.NAME + ".");
        }
        option.setValue(true);
    }

    Path config() {
        return config;
    }

    boolean isVerbose() {
        return verbose;
    }

    /** For verbs whose results would be lost among the log lines. */
    void logWarningsOnly() {
        setLogLevel(Level.WARN);
    }

    /** Only Chatpress's own loggers: libraries may log tokens and message bodies. */
    private static void setLogLevel(Level level) {
        ((Logger) LoggerFactory.getLogger("org.chatpress")).setLevel(level);
    }

    /** Prints what is wrong with the command line in one line; the whole help would hide it. */
    private static int printUsageError(CommandLine.ParameterException error, String[] arguments) {
        CommandLine verb = error.getCommandLine();
        PrintWriter err = verb.getErr();
        err.println(error.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(error, err)) {
            String command = verb.getCommandSpec().qualifiedName();
            err.println("Try " + program() + command.substring("chatpress".length()) + " --help.");
        }
        return USAGE_ERROR;
    }

    private static void printError(Error error, PrintWriter err) {
        if (error instanceof OutOfMemoryError) {
            err.println("Chatpress ran out of memory. Start Java with more, such as -Xmx512m.");
        } else {
            err.println("Chatpress cannot go on. Please report it with these lines:");
        }
        error.printStackTrace(err);
    }

    /** Prints the message and the hint; the stack trace only of a bug. */
    private int printFailure(Exception failure, PrintWriter err) {
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
        err.println("This is a bug in Chatpress. Please report it with these lines:");
        failure.printStackTrace(err);
        return WORK_FAILED;
    }

    /** The version from the manifest of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = ChatpressCommand.class.getPackage().getImplementationVersion();
            return new String[] {"chatpress " + (version == null ? "(not packaged)" : version)};
        }
    }

    /** Prints the JSON Schemas. */
    @Command(
            name = "schema",
            description = "Prints the JSON Schema of channels.yml or of the published files: chatpress schema chat")
    static final class SchemaCommand extends Verb {
        @Parameters(paramLabel = "channels|chat", description = "which schema")
        private Schema schema;

        /** The schemas; lower case, because picocli prints and parses these names. */
        enum Schema {
            channels,
            chat
        }

        @Override
        public Integer call() {
            String file = "/org/chatpress/schema/" + schema + ".schema.json";
            try (InputStream in = SchemaCommand.class.getResourceAsStream(file)) {
                out().print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                out().flush();
                return ChatpressCommand.OK;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
