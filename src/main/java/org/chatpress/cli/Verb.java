package org.chatpress.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.chatpress.config.Settings;
import org.chatpress.storage.DryRunStorage;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    /** stderr, for questions and progress. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** The exception for a wrong command line; exit code 2. */
    final ParameterException usageError(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The option {@code --dry-run}: a verb that has it writes to no database and no storage. */
    static final class DryRunOption {
        static final String NAME = "--dry-run";

        @Option(names = NAME, description = "print what would be done, and do none of it")
        private boolean isSet;

        boolean isSet() {
            return isSet;
        }

        /** Opens the database for writing; in a dry run, a copy of it in memory. */
        Store openStore(Settings settings, String verb) {
            return isSet
                    ? Store.copy(settings.database())
                    : Store.open(settings.database(), Application.lockHolder(verb));
        }

        /** How to create the storages; in a dry run they only print the uploads and deletes. */
        Function<StorageSettings, Storage> storages(PrintWriter out, Function<StorageSettings, Storage> writing) {
            if (!isSet) {
                return writing;
            }
            var created = new HashMap<StorageSettings, Storage>();
            return settings -> created.computeIfAbsent(settings, place -> new DryRunStorage(place.storage(), out));
        }
    }
}
