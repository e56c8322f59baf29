package org.chatpress.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
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
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
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
                    : Store.open(settings.database(), Application.lockHolder(verb, settings.database()));
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

    /**
     * Shows how far a cycle, an import or a rendering has come: on a terminal by a bar below the log, otherwise by a log line
     * every ten seconds. Short work shows nothing.
     */
    static final class Progress implements AutoCloseable {
        private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

        private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);
        private static final Duration BAR_INTERVAL = Duration.ofMillis(500);
        private static final Duration UNTIL_BAR = Duration.ofSeconds(2);

        private final Supplier<Optional<CycleReport>> inProgress;
        private final Clock clock;
        private final Optional<Line> line;
        private final PrintStream stderr = System.err;
        private Optional<ProgressBar> bar = Optional.empty();
        private final ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(new DaemonThreadFactory("progress"));

        /** @param inProgress the report of the current work; empty if there is none */
        static Progress start(Supplier<Optional<CycleReport>> inProgress, Clock clock) {
            Optional<PrintWriter> terminal = Optional.ofNullable(System.console())
                    .filter(console -> !"dumb".equals(System.getenv().getOrDefault("TERM", "dumb")))
                    .map(Console::writer);
            var progress = new Progress(inProgress, clock, terminal);
            long interval = (terminal.isPresent() ? BAR_INTERVAL : LOG_INTERVAL).toMillis();
            Future<?> unused =
                    progress.timer.scheduleAtFixedRate(progress::show, interval, interval, TimeUnit.MILLISECONDS);
            return progress;
        }

        /** @param terminal empty: log lines instead of a bar */
        Progress(Supplier<Optional<CycleReport>> inProgress, Clock clock, Optional<PrintWriter> terminal) {
            this.inProgress = inProgress;
            this.clock = clock;
            this.line = terminal.map(Line::new);
            // Log lines stand above the bar.
            line.ifPresent(shown -> System.setErr(new PrintStream(shown.above(stderr), true, UTF_8)));
        }

        /** Shows the state of the work now. */
        synchronized void show() {
            if (line.isEmpty()) {
                logLine(inProgress.get(), clock).ifPresent(LOG::info);
                return;
            }
            Optional<CycleReport> report = inProgress.get().filter(work -> isOlder(work, UNTIL_BAR));
            if (report.isEmpty()) {
                hideBar();
                return;
            }
            if (bar.isEmpty()) {
                bar = Optional.of(new ProgressBarBuilder()
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis((int) BAR_INTERVAL.toMillis())
                        .continuousUpdate()
                        .setConsumer(line.get())
                        .build());
            }
            draw(bar.get(), report.get());
        }

        private static void draw(ProgressBar bar, CycleReport report) {
            long reviewed = report.messagesReviewed();
            // Slack does not say how many messages there are, so the bar has no end while they are read.
            bar.maxHint(reviewed == 0 ? -1 : Math.max(reviewed, report.messagesRead()));
            bar.stepTo(reviewed);
            bar.setExtraMessage(" " + report.summary());
        }

        private boolean isOlder(CycleReport report, Duration time) {
            return Duration.between(report.startedAt(), clock.instant()).compareTo(time) >= 0;
        }

        /** The line to log now; empty if no work has taken long. */
        static Optional<String> logLine(Optional<CycleReport> inProgress, Clock clock) {
            return inProgress.flatMap(report -> {
                Duration age = Duration.between(report.startedAt(), clock.instant());
                // The timer may be a little early.
                if (age.plusSeconds(1).compareTo(LOG_INTERVAL) < 0) {
                    return Optional.empty();
                }
                String done = report.summary();
                return Optional.of("still working after %d s: %s"
                        .formatted(age.toSeconds(), done.isEmpty() ? "nothing new yet" : done));
            });
        }

        private void hideBar() {
            bar.ifPresent(ProgressBar::close);
            bar = Optional.empty();
        }

        @Override
        public void close() {
            timer.shutdownNow();
            synchronized (this) {
                hideBar();
                line.ifPresent(shown -> System.setErr(stderr));
            }
        }

        /** The last line of a terminal, which the bar is drawn in. */
        private static final class Line implements ProgressBarConsumer {
            private static final String ERASE = "\r\u001b[K";

            /** Without an 81st column, the line never wraps on a terminal of 80. */
            private static final int WIDTH = 79;

            private final PrintWriter terminal;

            Line(PrintWriter terminal) {
                this.terminal = terminal;
            }

            @Override
            public int getMaxRenderedLength() {
                return WIDTH;
            }

            @Override
            public synchronized void accept(String rendered) {
                print(ERASE + rendered.substring(0, Math.min(rendered.length(), WIDTH)));
            }

            @Override
            public synchronized void close() {
                print(ERASE);
            }

            private void print(String text) {
                terminal.print(text);
                terminal.flush();
            }

            /** Erases the line before each write to another stream; the bar is drawn again later. */
            OutputStream above(OutputStream other) {
                return new FilterOutputStream(other) {
                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        synchronized (Line.this) {
                            print(ERASE);
                            out.write(bytes, from, length);
                            out.flush();
                        }
                    }
                };
            }
        }
    }
}
