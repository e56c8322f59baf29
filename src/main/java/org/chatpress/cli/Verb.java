package org.chatpress.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.chatpress.config.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A verb of the command line. {@link #call} returns the exit code. */
@Command(mixinStandardHelpOptions = true)
abstract class Verb implements Callable<Integer> {
    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    /** The options before and after the verb that all verbs share. */
    final ChatpressCommand chatpress() {
        return chatpress;
    }

    /** Reads the settings file. */
    final Settings readSettings() {
        return Application.settings(chatpress.config());
    }

    /** stdout, for results. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** The exception for a wrong command line; exit code 2. */
    final ParameterException usageError(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
