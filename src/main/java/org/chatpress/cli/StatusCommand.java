package org.chatpress.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.chatpress.approval.policy.Verdict;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.error.StoreException;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.model.ChannelId;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.plan.PollIntervals;
import org.chatpress.poll.plan.PollIntervals.Activity;
import org.chatpress.poll.plan.PollIntervals.PollCandidate;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.PollRecord;
import org.chatpress.store.StorageStatusRepository.StorageStatus;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What is published, and what waits. */
@Command(
        name = "status",
        description = "Shows what is published, pending, held and failed, and why: chatpress status",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--healthy",
            description =
                    "print only whether cycles run and no takedown is owed; exit code 1 if not: for health checks")
    private boolean healthy;

    @Option(names = "--json", description = "print the signs of life as JSON: ages of cycles, readings and deliveries")
    private boolean json;

    @Override
    public Integer call() {
        Settings settings = SettingsLoader.read(chatpress.config(), Application.environment());
        PrintWriter out = spec.commandLine().getOut();
        Instant now = Application.clock().instant();
        try (Store store = Store.openToRead(settings.database())) {
            HealthReport health = HealthReport.of(settings, store, now);
            if (json || healthy) {
                List<String> complaints = health.problems(settings);
                out.println(json ? health.json(settings).toPrettyString() : health(health, complaints));
                return healthy && !complaints.isEmpty() ? ChatpressCommand.WORK_FAILED : ChatpressCommand.OK;
            }
            storages(settings, store, out, now);
            photos(store, out);
            out.println();
            channels(store, out, now);
            out.println();
            turns(settings, store, out, now);
            out.println("last cycle " + ago(store.channels().timestamp("cycle"), now));
        } catch (StoreException e) {
            if (json) {
                out.println(unread(settings, now, e).toPrettyString());
            }
            throw e;
        }
        return ChatpressCommand.OK;
    }

    /** The same members as ever, of a database that tells nothing. */
    private static ObjectNode unread(Settings settings, Instant now, StoreException why) {
        ObjectNode nothing =
                new HealthReport(now, Optional.empty(), Optional.empty(), List.of(), 0, List.of()).json(settings);
        nothing.putArray("complaints").add(why.getMessage());
        return nothing;
    }

    private static String health(HealthReport health, List<String> complaints) {
        return complaints.isEmpty()
                ? "healthy, the last cycle was " + ago(health.cycle(), health.now())
                : String.join("; ", complaints);
    }

    private static void storages(Settings settings, Store store, PrintWriter out, Instant now) {
        Set<String> listed = new HashSet<>();
        int inDrop = store.photos().pendingUploadDeletes().size();
        if (inDrop > 0) {
            out.printf("TAKEDOWN INCOMPLETE  the drop still has %d photos to remove%n", inDrop);
        }
        settings.photos().flatMap(PhotoSettings::cms).ifPresent(cms -> {
            try (Storage drop = cms.uploadFolder().storage()) {
                listed.add(drop.name());
            }
        });
        for (StorageSettings place : settings.storages()) {
            try (Storage storage = place.storage()) {
                listed.add(storage.name());
                Optional<StorageStatus> health = store.storages().status(storage.name());
                health.filter(h -> h.pendingDeletes() > 0)
                        .ifPresent(h -> out.printf(
                                "TAKEDOWN INCOMPLETE  %s still has %d files to remove%n",
                                h.name(), h.pendingDeletes()));
                out.printf(
                        "%s  %s%n",
                        storage.name(), health.map(h -> state(h, now)).orElse("nothing published yet"));
            }
        }
        for (String name : store.storages().names()) {
            if (!listed.contains(name)) {
                out.printf("%s  no longer in the settings; its files stay as they are%n", name);
            }
        }
    }

    private static void photos(Store store, PrintWriter out) {
        int onTheirWay = store.photos().inProgress();
        if (onTheirWay > 0) {
            out.printf("photos on their way: %d%n", onTheirWay);
        }
    }

    private static String state(StorageStatus status, Instant now) {
        if (status.failures() == 0) {
            return "everything delivered " + ago(status.lastSuccessAt(), now);
        }
        return "failed %d times in a row: %s; all was well %s"
                .formatted(status.failures(), status.lastError(), ago(status.lastSuccessAt(), now));
    }

    private static void channels(Store store, PrintWriter out, Instant now) {
        List<ChannelRow> rows = store.channels().all();
        Map<ChannelId, PollRecord> turns = store.channels().polls();
        int width = rows.stream().mapToInt(row -> name(row).length()).max().orElse(0);
        String format = "%-" + Math.max(width, "channel".length()) + "s  %6s  %7s  %4s  %8s";
        out.println(format.formatted("channel", "public", "pending", "held", "rejected"));
        for (ChannelRow row : rows) {
            Map<Verdict, Integer> counts = store.messages().counts(row.id());
            int pending = counts.getOrDefault(Verdict.PENDING, 0) + counts.getOrDefault(Verdict.DELAYED, 0);
            int failed = store.photos().failed(row.id());
            String photos = failed == 0 ? "" : "; photos failed: " + failed;
            String line = format.formatted(
                    name(row),
                    row.count(),
                    pending,
                    counts.getOrDefault(Verdict.HELD, 0),
                    counts.getOrDefault(Verdict.REJECTED, 0));
            out.println(line + "  " + remark(row, turns.getOrDefault(row.id(), PollRecord.NONE), now) + photos);
        }
    }

    private static void turns(Settings settings, Store store, PrintWriter out, Instant now) {
        List<PollCandidate> channels = PollScheduler.candidates(settings, store, now);
        PollIntervals turns = PollIntervals.of(channels, PollScheduler.CALLS_PER_MINUTE);
        var parts = new ArrayList<String>();
        double calls = 0;
        for (Activity activity : Activity.values()) {
            int number = PollIntervals.count(channels, activity);
            double pause = Math.max(0.001, turns.interval(activity).toMillis() / 1000.0);
            calls += number * 60 / pause;
            if (number > 0) {
                parts.add("%d %s, each read every %d s"
                        .formatted(number, activity.name().toLowerCase(Locale.ROOT), Math.round(pause)));
            }
        }
        out.printf(
                "%d of %d calls of Slack a minute: %s%n",
                Math.round(calls), PollScheduler.CALLS_PER_MINUTE, String.join("; ", parts));
    }

    private static String name(ChannelRow row) {
        return row.metadata()
                .map(metadata -> metadata.slug().value())
                .orElse(row.id().value());
    }

    private static String remark(ChannelRow row, PollRecord turn, Instant now) {
        String read = "read " + ago(turn.succeededAt(), now);
        String trouble = row.lastError().isEmpty() ? "" : "; " + row.lastError();
        return switch (row.status()) {
            case HIDDEN -> "hidden; " + read + trouble;
            case REMOVED -> "no longer in the settings; its files stay, not live";
            case LISTED -> {
                boolean live = row.metadata().map(metadata -> metadata.live()).orElse(true);
                String waits = row.version() == 0 ? "; not published before all since the start was read" : "";
                yield (live ? "live; " : "closed; ") + read + waits + trouble;
            }
        };
    }

    static String ago(Optional<Instant> then, Instant now) {
        if (then.isEmpty()) {
            return "never";
        }
        Duration age = Duration.between(then.get(), now);
        if (age.compareTo(Duration.ofMinutes(2)) < 0) {
            return Math.max(0, age.toSeconds()) + " s ago";
        }
        if (age.compareTo(Duration.ofHours(2)) < 0) {
            return age.toMinutes() + " min ago";
        }
        return "at " + then.get();
    }
}
