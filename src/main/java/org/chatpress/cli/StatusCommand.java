package org.chatpress.cli;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toMap;
import static org.chatpress.health.HealthReport.ago;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.StoreException;
import org.chatpress.health.HealthReport;
import org.chatpress.media.model.ClipRecord;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoState.Stage;
import org.chatpress.model.ChannelId;
import org.chatpress.poll.ChannelPoller;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.plan.PollIntervals;
import org.chatpress.poll.plan.PollIntervals.Activity;
import org.chatpress.poll.plan.PollIntervals.PollCandidate;
import org.chatpress.poll.plan.PollPlan.ReadPosition;
import org.chatpress.publish.plan.PublishPlan.DesiredFile;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.ChannelRepository;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.ClosingTime;
import org.chatpress.store.ChannelRepository.PollRecord;
import org.chatpress.store.ClipRepository.ClipProgress;
import org.chatpress.store.OutboxRepository.HubStatus;
import org.chatpress.store.OutboxRepository.WebhookStatus;
import org.chatpress.store.StorageStatusRepository.StorageStatus;
import org.chatpress.store.Store;
import org.chatpress.store.Store.Leadership;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the state of storages and channels. */
@Command(name = "status", description = "Shows what is published, pending, held and failed, and why: chatpress status")
final class StatusCommand extends Verb {
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";
    private static final int RED = 31;
    private static final int GREEN = 32;
    private static final int BAR_WIDTH = 20;

    @Option(
            names = "--healthy",
            description =
                    "print only whether cycles run and no takedown is pending; exit code 1 if not (for health checks)")
    private boolean healthy;

    @Option(names = "--json", description = "print the times of the last cycles, polls and uploads as JSON")
    private boolean json;

    @Option(names = "--watch", description = "print it again every two seconds until it is stopped (Ctrl-C)")
    private boolean watch;

    private final boolean hasColors = CommandLine.Help.Ansi.AUTO.enabled();

    @Override
    public Integer call() {
        if (!watch) {
            return show("");
        }
        if (json || healthy) {
            throw usageError("--watch goes with neither --json nor --healthy.");
        }
        // NO_COLOR turns off colors, not the redrawing.
        boolean redraws = hasColors || (System.getenv("NO_COLOR") != null && System.getenv("TERM") != null);
        while (true) {
            int exitCode = show(redraws ? CLEAR_SCREEN : "");
            try {
                Thread.sleep(WATCH_INTERVAL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return exitCode;
            }
        }
    }

    /** Prints the whole state at once, so that a redrawn screen does not flicker. */
    private int show(String prefix) {
        var state = new StringWriter();
        try {
            return print(new PrintWriter(state));
        } finally {
            out().print(prefix + state);
            out().flush();
        }
    }

    private int print(PrintWriter out) {
        SettingsLoader.Reading reading =
                Application.settingsDespiteProblems(chatpress().config());
        Settings settings = reading.settings();
        Instant now = Application.clock().instant();
        try (Store store = Store.openToRead(settings.database())) {
            HealthReport health = HealthReport.of(settings, store, now);
            if (json || healthy) {
                return printHealth(out, health, reading);
            }
            reading.problem().ifPresent(problem -> out.println(colored(RED, keepsLastSettings(problem)) + "\n"));
            health.incompleteTakedowns()
                    .forEach(takedown -> out.println(colored(RED, "TAKEDOWN INCOMPLETE  " + takedown)));
            health.failures(settings).forEach(failure -> out.println(colored(RED, "PROBLEM  " + failure)));
            printStorages(out, settings, store, now);
            health.webhooks().forEach(webhook -> out.println(webhook.name() + "  " + describe(webhook.status())));
            health.hubs().forEach(hub -> out.println(hub.name() + "  " + describe(hub.status())));
            printPhotosInProgress(out, store);
            out.println();
            printChannels(out, settings, store, now);
            out.println();
            printCallsPerMinute(out, settings, store, now);
            health.leadership().ifPresent(processes -> printLeadership(out, processes, now));
            out.println("last cycle: " + ago(store.channels().timestamp("cycle"), now));
        } catch (StoreException e) {
            if (reading.problem().isPresent()) {
                throw reading.problem().get();
            }
            if (json) {
                out.println(unreadable(settings, now, e).toPrettyString());
            }
            throw e;
        }
        return reading.problem().isPresent() ? ChatpressCommand.USAGE_ERROR : ChatpressCommand.OK;
    }

    private void printLeadership(PrintWriter out, Leadership processes, Instant now) {
        out.println(processes
                .leader()
                .map(leader -> "leader: " + leader
                        + processes
                                .since()
                                .map(since -> ", since " + ago(Optional.of(since), now))
                                .orElse(""))
                .orElse(colored(RED, "no process leads")));
        processes.standbys().forEach(standby -> out.println("standing by: " + standby));
    }

    private static String keepsLastSettings(InvalidSettingsException problem) {
        return problem.getMessage() + "\nA running Chatpress keeps the last valid settings until the file is fixed.";
    }

    private int printHealth(PrintWriter out, HealthReport health, SettingsLoader.Reading reading) {
        List<String> problems = health.problems(reading.settings());
        if (json) {
            ObjectNode report = health.json(reading.settings());
            reading.problem().ifPresent(problem -> report.put("settings_problem", problem.getMessage()));
            out.println(report.toPrettyString());
        } else if (problems.isEmpty()) {
            out.println("healthy, the last cycle was " + ago(health.cycle(), health.now()));
            reading.problem().ifPresent(problem -> out.println(keepsLastSettings(problem)));
        } else {
            out.println(String.join("; ", problems));
        }
        return healthy && !problems.isEmpty() ? ChatpressCommand.WORK_FAILED : ChatpressCommand.OK;
    }

    /** The JSON for a database that cannot be read: the same members, with the error as the only complaint. */
    private static ObjectNode unreadable(Settings settings, Instant now, StoreException error) {
        ObjectNode empty = new HealthReport(
                        now,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty())
                .json(settings);
        empty.putArray("complaints").add(error.getMessage());
        return empty;
    }

    private void printStorages(PrintWriter out, Settings settings, Store store, Instant now) {
        var lines = new LinkedHashMap<String, String>();
        Set<String> listed = new HashSet<>();
        settings.photos().flatMap(PhotoSettings::cms).ifPresent(cms -> {
            try (Storage uploadFolder = cms.uploadFolder().storage()) {
                listed.add(uploadFolder.name());
            }
        });
        for (StorageSettings storageSettings : settings.storages()) {
            try (Storage storage = storageSettings.storage()) {
                listed.add(storage.name());
                Optional<StorageStatus> status = store.storages().status(storage.name());
                String progress = Stream.of(
                                uploadProgress(store.storages().publishState(storage.name())),
                                lackedClips(store.clips().lackedBy(storage.name())))
                        .filter(part -> !part.isEmpty())
                        .collect(joining("; "));
                lines.put(
                        storage.name(),
                        status.map(known -> describe(known, progress, now))
                                .orElse(progress.isEmpty() ? "nothing published yet" : progress));
            }
        }
        for (String name : store.storages().names()) {
            if (!listed.contains(name)) {
                lines.put(name, "no longer in the settings; its files stay there");
            }
        }
        int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
        lines.forEach((name, state) -> out.println(name + " ".repeat(width - name.length()) + "  " + state));
    }

    /** How many of the files that changed since the last success are on the storage; empty if all are. */
    private static String uploadProgress(PublishState state) {
        Map<Boolean, Long> files = state.staleChannels().stream()
                .flatMap(stale -> state.desiredFiles(stale.channel()).stream())
                .collect(partitioningBy(DesiredFile::isThere, counting()));
        long uploaded = files.get(true);
        long total = uploaded + files.get(false);
        return uploaded == total
                ? ""
                : String.format(
                        Locale.ROOT, "%s %,d of %,d files uploaded", bar((double) uploaded / total), uploaded, total);
    }

    /** The clips that readers of another storage see, with the reason of one of them; empty if there are none. */
    private String lackedClips(List<ClipRecord> clips) {
        if (clips.isEmpty()) {
            return "";
        }
        String reason = clips.stream()
                .filter(clip -> !clip.state().reason().isEmpty())
                .findFirst()
                .map(clip -> "; %s: %s".formatted(clip.file().id(), clip.state().reason()))
                .orElse("");
        return colored(
                RED,
                "lacks %d clip%s that the chats show%s".formatted(clips.size(), clips.size() == 1 ? "" : "s", reason));
    }

    /** A bar like {@code [=====>              ]}. */
    private static String bar(double fraction) {
        int done = (int) (fraction * (BAR_WIDTH - 1));
        return "[" + "=".repeat(done) + ">" + " ".repeat(BAR_WIDTH - 1 - done) + "]";
    }

    private String describe(StorageStatus status, String progress, Instant now) {
        String prefix = progress.isEmpty() ? "" : progress + "; ";
        if (status.conflict().isPresent()) {
            return colored(RED, "publishing stopped: " + status.lastError());
        }
        if (status.failures() > 0) {
            return prefix
                    + colored(
                            RED,
                            "last success %s; failures since then: %d; last error: %s"
                                    .formatted(
                                            ago(status.lastSuccessAt(), now), status.failures(), status.lastError()));
        }
        return progress.isEmpty()
                ? colored(GREEN, "everything published " + ago(status.lastSuccessAt(), now))
                : prefix + "last success " + ago(status.lastSuccessAt(), now);
    }

    private String describe(WebhookStatus status) {
        String dropped = status.dropped() == 0 ? "" : "; events given up after a day: " + status.dropped();
        if (status.isGone()) {
            return colored(RED, "no more events until the next start: " + status.lastError() + dropped);
        }
        if (status.pending() == 0 && dropped.isEmpty()) {
            return colored(GREEN, "every event sent");
        }
        String error = status.lastError().isEmpty() ? "" : "; last error: " + status.lastError();
        String text = "events to send: " + status.pending() + error + dropped;
        return error.isEmpty() && dropped.isEmpty() ? text : colored(RED, text);
    }

    private String describe(HubStatus status) {
        String pending = "feeds to ping it for: " + status.pendingFeeds();
        if (!status.lastError().isEmpty()) {
            return colored(RED, pending + "; last error: " + status.lastError());
        }
        return status.pendingFeeds() == 0 ? colored(GREEN, "pinged for every feed") : pending;
    }

    /** Colors a text on a terminal, unless NO_COLOR is set. */
    private String colored(int color, String text) {
        return hasColors ? "\u001b[" + color + "m" + text + "\u001b[0m" : text;
    }

    private void printPhotosInProgress(PrintWriter out, Store store) {
        int photos = store.photos().inProgress();
        if (photos > 0) {
            out.printf("photos in progress: %d%n", photos);
        }
        List<ClipProgress> clips = store.clips().inProgress();
        if (!clips.isEmpty()) {
            out.println("clips in progress: " + describe(clips));
        }
    }

    /** Such as {@code 9 (1 to be uploaded, 8 to be converted); F0CLIP is 40 % converted}. */
    private static String describe(List<ClipProgress> clips) {
        long converted = clips.stream()
                .filter(progress -> progress.clip().stage() == Stage.PROCESSED)
                .count();
        var parts = new ArrayList<String>();
        if (converted > 0) {
            parts.add(converted + " to be uploaded");
        }
        if (converted < clips.size()) {
            parts.add((clips.size() - converted) + " to be converted");
        }
        String current = clips.stream()
                .filter(progress -> progress.percent() > 0)
                .findFirst()
                .map(progress -> "; %s is %d %% converted"
                        .formatted(progress.clip().file().id(), progress.percent()))
                .orElse("");
        String failing = clips.stream()
                .filter(progress -> progress.percent() == 0)
                .map(ClipProgress::clip)
                .filter(clip -> !clip.state().reason().isEmpty())
                .findFirst()
                .map(clip -> "; %s is tried again: %s"
                        .formatted(clip.file().id(), clip.state().reason()))
                .orElse("");
        return clips.size() + " (" + String.join(", ", parts) + ")" + current + failing;
    }

    private void printChannels(PrintWriter out, Settings settings, Store store, Instant now) {
        List<ChannelRow> rows = store.channels().all();
        Map<ChannelId, PollRecord> polls = store.channels().polls();
        Map<ChannelId, Instant> since = settings.channels().stream()
                .collect(toMap(Channel::id, channel -> channel.source().since()));
        int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        String format = "%-" + Math.max(width, "channel".length()) + "s  %6s  %7s  %4s  %8s";
        out.println(format.formatted("channel", "public", "pending", "held", "rejected"));
        for (ChannelRow row : rows) {
            Map<Verdict, Integer> counts = store.messages().counts(row.id());
            String columns = format.formatted(
                    row.name(),
                    row.count(),
                    counts.getOrDefault(Verdict.PENDING, 0) + counts.getOrDefault(Verdict.DELAYED, 0),
                    counts.getOrDefault(Verdict.HELD, 0),
                    counts.getOrDefault(Verdict.REJECTED, 0));
            int failedPhotos = store.photos().failed(row.id());
            int failedClips = store.clips().failed(row.id());
            out.println(columns
                    + "  "
                    + describe(
                            row,
                            polls.getOrDefault(row.id(), PollRecord.NONE),
                            since.get(row.id()),
                            catchUpProgress(row, since.get(row.id()), store),
                            now)
                    + (failedPhotos == 0 ? "" : "; photos failed: " + failedPhotos)
                    + (failedClips == 0 ? "" : "; clips failed: " + failedClips));
        }
    }

    private String describe(ChannelRow row, PollRecord poll, Instant since, String progress, Instant now) {
        String read = poll.succeededAt().isEmpty() ? "never read" : "read " + ago(poll.succeededAt(), now);
        String error = row.lastError().isEmpty() ? "" : colored(RED, "; last error: " + row.lastError());
        return switch (row.status()) {
            case HIDDEN -> "hidden; " + read + error;
            case REMOVED -> "no longer in the settings; its files stay published, as a closed chat";
            case LISTED -> {
                String backfilling =
                        row.version() == 0 ? "; publishing starts once the history since " + since + " has loaded" : "";
                boolean isTimeUnknown = row.closing().state() == ClosingTime.State.UNKNOWN;
                String state = row.isLive()
                        ? "live; "
                        : isTimeUnknown
                                ? "closed, but when is not known, and newer messages wait: write closed: <time> in"
                                        + " channels.yml; "
                                : "closed; ";
                yield state + read + backfilling + progress + error;
            }
        };
    }

    private static String catchUpProgress(ChannelRow row, Instant since, Store store) {
        if (row.status() != ChannelRepository.Status.LISTED || since == null) {
            return "";
        }
        ReadPosition position = store.channels().position(row.id());
        return ChannelPoller.progress(row.id(), position, since, store)
                .map(progress -> "; " + bar(position.fractionRead(since)) + " " + progress)
                .orElse("");
    }

    private void printCallsPerMinute(PrintWriter out, Settings settings, Store store, Instant now) {
        List<PollCandidate> channels = PollScheduler.candidates(settings, store, now);
        PollIntervals intervals = PollIntervals.of(channels, PollScheduler.CALLS_PER_MINUTE);
        var parts = new ArrayList<String>();
        double calls = 0;
        for (Activity activity : Activity.values()) {
            int count = PollIntervals.count(channels, activity);
            double seconds = Math.max(0.001, intervals.interval(activity).toMillis() / 1000.0);
            calls += count * 60 / seconds;
            if (count > 0) {
                parts.add("%d %s %s, polled every %d s"
                        .formatted(
                                count,
                                activity.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                count == 1 ? "channel" : "channels",
                                Math.round(seconds)));
            }
        }
        out.printf(
                "Slack API budget: %d of %d calls/min (%s)%n",
                Math.round(calls), PollScheduler.CALLS_PER_MINUTE, String.join("; ", parts));
    }
}
