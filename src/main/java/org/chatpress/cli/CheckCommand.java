package org.chatpress.cli;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.config.Channel;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.config.Settings;
import org.chatpress.config.Webhook;
import org.chatpress.cycle.CronSchedule;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.chatpress.media.ClipProcessor;
import org.chatpress.media.CmsClient;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.model.UserId;
import org.chatpress.notify.HubClient;
import org.chatpress.notify.WebhookClient;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.plan.PollIntervals;
import org.chatpress.purge.CdnPurger;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SlackInteractionClient;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackReader.BotIdentity;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.ConditionalWrites;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import org.chatpress.text.EmojiTable;
import picocli.CommandLine.Command;

/** Tests the configuration and every connection that a cycle needs. */
@Command(
        name = "check",
        description = {
            "Tests the configuration and every connection, prints one line per check, and tells you how to fix each"
                    + " failure: chatpress check"
        })
final class CheckCommand extends Verb {
    /** What every token needs. */
    static final Set<String> SCOPES = Set.of(
            "channels:history", "channels:read", "groups:history", "groups:read", "reactions:read", "users:read");

    private static final int MAX_PARALLEL_STORAGES = 8;
    private static final String FAILED = "FAIL";

    private boolean allPassed = true;

    @Override
    public Integer call() {
        Settings settings = readSettings();
        checkCron(settings, chatpress().config());
        ok(
                "settings",
                chatpress().config() + ": " + counted(settings.channels().size(), "channel") + ", "
                        + counted(settings.storages().size(), "storage"));
        settings.interval().cron().ifPresent(cron -> ok("cron", describe(cron)));
        printPollingDelay(settings);
        checkDatabase(settings);
        settings.metricsFile().ifPresent(this::checkMetricsFile);
        checkSlack(settings);
        checkStorages(settings);
        settings.publicUrl().ifPresent(url -> checkPurges(settings, url));
        settings.photos().flatMap(PhotoSettings::cms).ifPresent(this::checkCms);
        settings.videos().ifPresent(videos -> checkFfmpeg());
        checkReceivers(settings);
        return allPassed ? ChatpressCommand.OK : ChatpressCommand.WORK_FAILED;
    }

    /** Fails on a cron expression that Quartz does not accept; the settings' reader does not know Quartz. */
    static void checkCron(Settings settings, Path file) {
        settings.interval().cron().filter(cron -> nextCycle(cron).isEmpty()).ifPresent(cron -> {
            throw new InvalidSettingsException(
                    file.toString(),
                    "cron",
                    "invalid cron expression \"" + cron + "\": Quartz does not accept it, or it never fires;"
                            + " write 0/10 * * * * ? for every ten seconds");
        });
    }

    private static Optional<Instant> nextCycle(String cron) {
        return CronSchedule.of(cron, ZoneId.systemDefault())
                .flatMap(schedule -> schedule.nextTime(Application.clock().instant()));
    }

    private static String describe(String cron) {
        ZoneId zone = ZoneId.systemDefault();
        return "next cycle at %s (time zone %s)"
                .formatted(
                        nextCycle(cron)
                                .map(time -> time.atZone(zone)
                                        .toOffsetDateTime()
                                        .truncatedTo(ChronoUnit.SECONDS)
                                        .toString())
                                .orElse("no time"),
                        zone);
    }

    /** How long a change in Slack stays unseen with so many channels, under Slack's rate limits. */
    private void printPollingDelay(Settings settings) {
        int closed = (int) settings.channels().stream()
                .filter(channel -> channel.publishing().closing().isClosed())
                .count();
        int open = settings.channels().size() - closed;
        if (open == 0 || settings.interval().cron().isPresent()) {
            return;
        }
        Duration every = settings.interval().every().orElseThrow();
        Duration idle = PollIntervals.of(0, open, closed, PollScheduler.CALLS_PER_MINUTE)
                .idle();
        var delays = new ArrayList<String>();
        delays.add("up to %s when every channel is idle".formatted(seconds(idle.compareTo(every) > 0 ? idle : every)));
        for (int active : new TreeSet<>(List.of(1, Math.min(3, open), open))) {
            Duration delay = PollIntervals.of(active, open - active, closed, PollScheduler.CALLS_PER_MINUTE)
                    .active();
            delays.add("%s with %d of %d active".formatted(seconds(delay), active, open));
        }
        ok("polling delay", String.join(", ", delays));
    }

    private static String seconds(Duration time) {
        return Math.max(1, Math.round(time.toMillis() / 1000.0)) + " s";
    }

    private void checkDatabase(Settings settings) {
        DatabaseSettings database = settings.database();
        check("database " + database, () -> {
            if (database instanceof PostgresqlServer server) {
                return Store.check(server);
            }
            Path file = ((SqliteFile) database).path();
            String state = Files.exists(file) ? read(database) : "will be created by the first cycle";
            requireWritable(file, List.of("", "-wal", "-shm", ".lock"));
            return state;
        });
    }

    private void checkMetricsFile(Path file) {
        check("metrics file " + file, () -> {
            requireWritable(file, List.of(""));
            return "writable";
        });
    }

    private static String read(DatabaseSettings database) {
        try {
            Store.openToRead(database).close();
            return "readable and writable";
        } catch (StoreException e) {
            if (!e.isSchemaOutdated()) {
                throw e;
            }
            return "written by an older Chatpress; the next cycle upgrades it";
        }
    }

    /**
     * Writes a file beside them and deletes it: taking the lock of a database would disturb a Chatpress that is running.
     *
     * @param suffixes of the names of the files beside it that are written too
     */
    private static void requireWritable(Path written, List<String> suffixes) {
        Path folder = written.toAbsolutePath().getParent();
        while (!Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (!Files.isDirectory(folder)) {
            throw new StoreException(folder + " is not a folder", "Write another path in the settings.", null);
        }
        try {
            Files.delete(Files.createTempFile(folder, ".chatpress-check-", null));
        } catch (IOException e) {
            throw new StoreException(
                    "cannot write to " + folder + ": " + ErrorMessages.describe(e),
                    "Make it writable for the user of Chatpress, on a disk with free space.",
                    e);
        }
        for (String suffix : suffixes) {
            Path file = written.resolveSibling(written.getFileName() + suffix);
            if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isWritable(file))) {
                throw new StoreException(
                        "cannot write " + file, "Make it a file that the user of Chatpress may write.", null);
            }
        }
    }

    private void checkSlack(Settings settings) {
        boolean connected;
        try (SlackClient slack = Application.slack(settings, Application.blockingLimiter())) {
            Optional<BotIdentity> identity = identity(slack);
            connected = identity.isPresent();
            if (connected) {
                checkScopes(identity.get(), settings);
                settings.channels().forEach(channel -> checkChannel(channel, slack));
                checkApprovers(settings, slack);
                checkEmoji(settings, slack);
            } else {
                // They would fail for the same reason.
                print(new Result("skip", "channels, approvers and scopes", "they need a working connection to Slack"));
            }
        }
        checkSocketMode(settings);
    }

    private Optional<BotIdentity> identity(SlackReader slack) {
        try {
            BotIdentity identity = slack.identity();
            ok("slack", "workspace " + identity.team() + ", bot user " + identity.user());
            return Optional.of(identity);
        } catch (RemoteException e) {
            fail("slack", e.messageWithHint());
            return Optional.empty();
        }
    }

    private void checkScopes(BotIdentity identity, Settings settings) {
        if (identity.scopes().isEmpty()) {
            return;
        }
        var missing = new TreeSet<>(SCOPES);
        boolean hasGroups = settings.channels().stream()
                .anyMatch(channel ->
                        !channel.approval().rule().approvers().groups().isEmpty());
        if (hasGroups) {
            missing.add("usergroups:read");
        }
        if (settings.photos().isPresent() || settings.videos().isPresent()) {
            missing.add("files:read");
        }
        if (settings.feedback()) {
            missing.addAll(Set.of("reactions:write", "chat:write"));
        }
        if (settings.publicUrl().isPresent()) {
            missing.add("emoji:read");
        }
        if (settings.slack().appToken().isPresent()) {
            missing.add("commands");
        }
        missing.removeAll(identity.scopes());
        if (!missing.isEmpty()) {
            fail(
                    "scopes",
                    "the token lacks " + String.join(", ", missing)
                            + ". Add them to the app under OAuth & Permissions, and reinstall the app.");
        } else {
            ok("scopes", "the token has all that these settings need");
        }
    }

    private void checkChannel(Channel channel, SlackReader slack) {
        check("channel " + channel.slug(), () -> {
            SlackReader.ChannelInfo info = slack.channel(channel.id());
            if (!info.isMember()) {
                throw RemoteException.actionRequired(
                        "the bot is not in #" + info.name(), "Type /invite and the bot's name in it.", null);
            }
            return "#" + info.name() + (info.isArchived() ? ", archived" : "");
        });
    }

    private void checkApprovers(Settings settings, SlackReader slack) {
        var groups = new TreeSet<String>();
        var people = new TreeSet<>(Comparator.comparing(UserId::value));
        for (Channel channel : settings.channels()) {
            groups.addAll(channel.approval().rule().approvers().groups());
            people.addAll(channel.approval().rule().approvers().people());
        }
        for (String group : groups) {
            check(
                    "approvers " + group,
                    () -> "user group with " + counted(slack.groupMembers(group).size(), "member"));
        }
        for (UserId person : people) {
            check("approver " + person.value(), () -> name(person, slack));
        }
    }

    /** Warns of names that no reaction can have. */
    private void checkEmoji(Settings settings, SlackReader slack) {
        Set<String> unknown = new TreeSet<>();
        for (Channel channel : settings.channels()) {
            ApprovalRule rule = channel.approval().rule();
            unknown.addAll(rule.emoji());
            unknown.addAll(rule.reject());
            unknown.addAll(rule.hold());
            unknown.addAll(channel.approval().annotations().args().keySet());
            unknown.addAll(channel.presentation().reactions().emoji());
            channel.approval().liveReaction().ifPresent(unknown::add);
        }
        unknown.removeIf(name -> EmojiTable.standard().characters(name).isPresent());
        if (unknown.isEmpty()) {
            return;
        }
        try {
            unknown.removeAll(slack.customEmoji().targets().keySet());
        } catch (RemoteException e) {
            fail("emoji", e.messageWithHint());
            return;
        }
        unknown.forEach(name -> print(new Result(
                "warn",
                "emoji",
                name + " is neither a standard emoji nor one of the workspace, so no reaction can have this name")));
    }

    private static String name(UserId person, SlackReader slack) {
        try {
            return slack.userProfile(person).displayName();
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                throw RemoteException.actionRequired(e.getMessage(), "Check the user id in approvers.", e);
            }
            throw e;
        }
    }

    private void checkSocketMode(Settings settings) {
        Application.socketMode(settings, Application.blockingLimiter()).ifPresent(socketMode -> {
            try (socketMode) {
                check("socket mode", () -> {
                    socketMode.check();
                    return "Slack offers a connection";
                });
            }
            checkHome(settings);
        });
    }

    /**
     * Tries the App Home. A program cannot ask Slack whether its app has the command and the shortcuts; with the scope
     * commands, it has at least one of them.
     */
    private void checkHome(Settings settings) {
        Optional<UserId> approver = settings.channels().stream()
                .flatMap(channel -> channel.approval().rule().approvers().people().stream())
                .min(Comparator.naturalOrder());
        try (SlackInteractionClient slack = Application.interactions(settings, Application.blockingLimiter())) {
            approver.ifPresent(user -> check("app home", () -> {
                slack.checkHome(user);
                return "Slack shows it to " + user;
            }));
        }
        print(new Result(
                "note",
                "slash command",
                "Slack does not say whether the app has /livechat, the shortcuts why and edit, and interactivity; type"
                        + " /livechat help to see"));
    }

    private void checkFfmpeg() {
        new ClipProcessor()
                .version()
                .ifPresentOrElse(
                        version -> ok("ffmpeg", version + " converts clips"),
                        () -> fail(
                                "ffmpeg",
                                "ffmpeg or ffprobe is not installed, so readers see no clips. Install the package ffmpeg,"
                                        + " or remove videos."));
    }

    /** Tests storages side by side, and prints their lines in the order of the settings. */
    private void checkStorages(Settings settings) {
        Set<String> used = storagesWithFiles(settings);
        var tests = new ArrayList<Callable<Result>>();
        for (StorageSettings storage : settings.storages()) {
            tests.add(() -> result(storage, used, Storage::conditionalWrites));
        }
        settings.photos()
                .flatMap(PhotoSettings::cms)
                .ifPresent(cms -> tests.add(() -> result(cms.uploadFolder(), used, any -> ConditionalWrites.NONE)));

        ExecutorService threads = Executors.newFixedThreadPool(MAX_PARALLEL_STORAGES, new DaemonThreadFactory("check"));
        try {
            for (Future<Result> result : tests.stream().map(threads::submit).toList()) {
                print(result.get());
            }
        } catch (ExecutionException e) {
            throw ErrorMessages.unchecked(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
    }

    private static Result result(
            StorageSettings settings, Set<String> used, Function<Storage, ConditionalWrites> conditionalWrites) {
        try (Storage storage = settings.storage()) {
            if (used.contains(storage.name())) {
                storage.expectObjects();
            }
            return result(storage.name(), () -> {
                storage.check();
                return "wrote and deleted a test file" + secondInstance(conditionalWrites.apply(storage));
            });
        }
    }

    /** Purges a file that does not exist. */
    private void checkPurges(Settings settings, URI publicUrl) {
        URI url = publicUrl.resolve(Storage.probe().key().value());
        for (StorageSettings storage : settings.storages()) {
            Optional.ofNullable(settings.purges().get(storage)).ifPresent(purge -> {
                try (CdnPurger purger = purge.provider().purger()) {
                    check("purge " + purger.name(), () -> {
                        Optional<RemoteException> failure =
                                purger.purge(List.of(url)).failure();
                        if (failure.isPresent()) {
                            throw failure.get();
                        }
                        return "accepted " + url + ", which does not exist";
                    });
                }
            });
        }
    }

    private static Set<String> storagesWithFiles(Settings settings) {
        try (Store store = Store.openToRead(settings.database())) {
            return store.storages().names().stream()
                    .filter(store.storages()::hasHeldFiles)
                    .collect(toSet());
        } catch (StoreException e) {
            // The check of the database reports it, or there is none yet
            return Set.of();
        }
    }

    /** Whether a second instance that publishes to the same storage by mistake would be detected. */
    private static String secondInstance(ConditionalWrites conditionalWrites) {
        String undetected = ", so a second instance that publishes here would not be detected";
        return switch (conditionalWrites) {
            case NONE -> "";
            case SUPPORTED -> "; a second instance that publishes here would be detected";
            case IGNORED -> "; the server ignores If-Match" + undetected;
            case BROKEN -> "; the server answers 412 although If-Match is right" + undetected;
        };
    }

    private void checkReceivers(Settings settings) {
        for (Webhook webhook : settings.webhooks()) {
            check(webhook.name(), () -> {
                new WebhookClient(webhook).check(Application.clock().instant());
                return "accepted a ping event";
            });
        }
        for (URI hub : settings.hubs()) {
            check("hub " + hub.getHost(), () -> {
                new HubClient(hub).check();
                return "answers";
            });
        }
    }

    private void checkCms(Cms cms) {
        check("CMS", () -> {
            new CmsClient().check(cms);
            return "answers " + cms.lookupUrl("…");
        });
    }

    private void check(String what, Supplier<String> test) {
        print(result(what, test));
    }

    private static Result result(String what, Supplier<String> test) {
        try {
            return new Result("ok", what, test.get());
        } catch (RemoteException e) {
            return new Result(FAILED, what, e.messageWithHint());
        } catch (StoreException e) {
            return new Result(FAILED, what, e.getMessage() + ". " + e.hint());
        }
    }

    private static String counted(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private void ok(String what, String detail) {
        print(new Result("ok", what, detail));
    }

    private void fail(String what, String reason) {
        print(new Result(FAILED, what, reason));
    }

    private void print(Result result) {
        allPassed &= !result.status().equals(FAILED);
        out().printf("%-5s %s: %s%n", result.status(), result.what(), result.detail());
    }

    /** A line of the output. */
    private record Result(String status, String what, String detail) {}
}
