package org.chatpress.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.storage.DryRunStorage;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    /** Logs a line every ten seconds while a cycle, an import or a rendering takes longer than that. */
    static final class ProgressLog implements AutoCloseable {
        private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);

        private static final Duration INTERVAL = Duration.ofSeconds(10);

        private final Future<?> logging;
        private final ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(new DaemonThreadFactory("progress"));

        /** @param inProgress the report of the current work; empty if there is none */
        ProgressLog(Supplier<Optional<CycleReport>> inProgress, Clock clock) {
            logging = timer.scheduleAtFixedRate(
                    () -> line(inProgress.get(), clock).ifPresent(LOG::info),
                    INTERVAL.toSeconds(),
                    INTERVAL.toSeconds(),
                    TimeUnit.SECONDS);
        }

        /** The line to log now; empty if no work has taken long. */
        static Optional<String> line(Optional<CycleReport> inProgress, Clock clock) {
            return inProgress.flatMap(report -> {
                Duration age = Duration.between(report.startedAt(), clock.instant());
                // The timer may be a little early.
                if (age.plusSeconds(1).compareTo(INTERVAL) < 0) {
                    return Optional.empty();
                }
                String done = report.summary();
                return Optional.of("still working after %d s: %s"
                        .formatted(age.toSeconds(), done.isEmpty() ? "nothing new yet" : done));
            });
        }

        @Override
        public void close() {
            logging.cancel(false);
            timer.shutdownNow();
        }
    }
}
