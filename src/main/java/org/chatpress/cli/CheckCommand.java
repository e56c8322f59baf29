package org.chatpress.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.cycle.CycleScheduler;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.chatpress.media.CmsClient;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.model.UserId;
import org.chatpress.poll.EventQueue;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.plan.PollIntervals;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SlackReader;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.ConditionalWrites;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Tries everything that a cycle needs, and says of each whether it works. */
@Command(
        name = "check",
        description = "Tries settings, Slack, channels, storages and database, a line each: chatpress check",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    private static final Set<String> SCOPES = Set.of(
            "channels:history", "channels:read", "groups:history", "groups:read", "reactions:read", "users:read");

    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    private boolean allFine = true;

    @Override
    public Integer call() {
        if (chatpress.isDryRun()) {
            throw ChatpressCommand.usageError(
                    spec, "check --dry-run cannot be. A check leaves nothing behind as it is.");
        }
        Settings settings = SettingsLoader.read(chatpress.config(), Application.environment());
        cron(settings, chatpress.config());
        ok(
                "settings",
                chatpress.config() + ": " + counted(settings.channels().size(), "channel") + ", "
                        + counted(settings.storages().size(), "storage"));
        delay(settings);
        database(settings);
        slack(settings);
        doorbell(settings);
        settings.storages().forEach(place -> storage(place, Storage::conditionalWrites));
        settings.photos().flatMap(PhotoSettings::cms).ifPresent(this::cms);
        return allFine ? ChatpressCommand.OK : ChatpressCommand.WORK_FAILED;
    }

    /** Only the schedule knows which cron expressions Quartz takes. */
    static void cron(Settings settings, Path file) {
        settings.interval().cron().filter(cron -> !CycleScheduler.isValid(cron)).ifPresent(cron -> {
            throw new InvalidSettingsException(
                    file.toString(),
                    "cron",
                    "invalid cron expression \"" + cron + "\": Quartz does not accept it, or it never fires;"
                            + " write 0/10 * * * * ? for every ten seconds");
        });
    }

    /** What Slack's limits make of so many channels. */
    private void delay(Settings settings) {
        int closed = (int) settings.channels().stream()
                .filter(channel -> channel.publishing().closed())
                .count();
        int open = settings.channels().size() - closed;
        if (open == 0 || settings.interval().cron().isPresent()) {
            return;
        }
        Duration every = settings.interval().every().orElseThrow();
        Duration quiet = PollIntervals.of(0, open, closed, PollScheduler.CALLS_PER_MINUTE)
                .idle();
        var delays = new ArrayList<String>();
        delays.add("up to %s while all are quiet".formatted(seconds(quiet.compareTo(every) > 0 ? quiet : every)));
        for (int talking : new TreeSet<>(List.of(1, Math.min(3, open), open))) {
            Duration pause = PollIntervals.of(talking, open - talking, closed, PollScheduler.CALLS_PER_MINUTE)
                    .active();
            delays.add("%s where %d of %d talk".formatted(seconds(pause), talking, open));
        }
        ok("delay until a change in Slack is seen", String.join(", ", delays));
    }

    private static String seconds(Duration time) {
        return Math.max(1, Math.round(time.toMillis() / 1000.0)) + " s";
    }

    private void database(Settings settings) {
        Path database = settings.database();
        attempt("database " + database, () -> {
            String state = Files.exists(database) ? read(database) : "will be made by the first cycle";
            refuseUnwritable(database);
            return state;
        });
    }

    private static String read(Path database) {
        try {
            Store.openToRead(database).close();
            return "can be read and written";
        } catch (StoreException e) {
            if (!e.isSchemaOutdated()) {
                throw e;
            }
            return "is of an older Chatpress; the next cycle brings it up to date";
        }
    }

    /** Opens nothing, so a Chatpress that holds the lock is not disturbed. */
    private static void refuseUnwritable(Path database) {
        Path folder = database.toAbsolutePath().getParent();
        while (!Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (!Files.isWritable(folder)) {
            throw new StoreException(folder + " is not writable", "Make it writable for Chatpress.", null);
        }
        for (String ending : List.of("", "-wal", "-shm", ".lock")) {
            Path file = database.resolveSibling(database.getFileName() + ending);
            if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isWritable(file))) {
                throw new StoreException(
                        "cannot write " + file, "Make it a file that the user may write who runs Chatpress.", null);
            }
        }
    }

    private void slack(Settings settings) {
        try (SlackClient slack = Application.slack(settings, Application.blockingLimiter())) {
            attempt("slack", () -> {
                SlackReader.BotIdentity identity = slack.identity();
                return identity.team() + ", as " + identity.user() + missing(identity, settings);
            });
            for (Channel channel : settings.channels()) {
                attempt("channel " + channel.slug(), () -> {
                    SlackReader.ChannelInfo info = slack.channel(channel.id());
                    if (!info.isMember()) {
                        throw RemoteException.actionRequired(
                                "the bot is not in #" + info.name(), "Type /invite and the bot's name in it.", null);
                    }
                    return "#" + info.name() + (info.isArchived() ? ", archived" : "");
                });
            }
            approvers(settings, slack);
        }
    }

    private void approvers(Settings settings, SlackReader slack) {
        var groups = new TreeSet<String>();
        var people = new TreeSet<>(Comparator.comparing(UserId::value));
        for (Channel channel : settings.channels()) {
            groups.addAll(channel.approval().rule().approvers().groups());
            people.addAll(channel.approval().rule().approvers().people());
        }
        for (String group : groups) {
            attempt("approvers " + group, () -> {
                int members = slack.groupMembers(group).size();
                return "a user group of " + (members == 1 ? "1 person" : members + " people");
            });
        }
        for (UserId person : people) {
            attempt("approver " + person.value(), () -> name(person, slack));
        }
    }

    private static String name(UserId person, SlackReader slack) {
        try {
            return slack.userProfile(person).displayName();
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                throw RemoteException.actionRequired(e.getMessage(), "Check the person's id in approvers.", e);
            }
            throw e;
        }
    }

    private void doorbell(Settings settings) {
        Application.socketMode(settings, Application.blockingLimiter(), new EventQueue())
                .ifPresent(socketMode -> {
                    try (socketMode) {
                        attempt("doorbell", () -> {
                            socketMode.check();
                            return "Slack offers a connection";
                        });
                    }
                });
    }

    private String missing(SlackReader.BotIdentity identity, Settings settings) {
        if (identity.scopes().isEmpty()) {
            return "";
        }
        var missing = new TreeSet<>(SCOPES);
        boolean groups = settings.channels().stream()
                .anyMatch(channel ->
                        !channel.approval().rule().approvers().groups().isEmpty());
        if (groups) {
            missing.add("usergroups:read");
        }
        if (settings.photos().isPresent()) {
            missing.add("files:read");
        }
        if (settings.feedback()) {
            missing.addAll(Set.of("reactions:write", "chat:write"));
        }
        if (settings.publicUrl().isPresent()) {
            missing.add("emoji:read");
        }
        missing.removeAll(identity.scopes());
        if (!missing.isEmpty()) {
            throw RemoteException.actionRequired(
                    "the token lacks " + String.join(", ", missing),
                    "Add it under OAuth & Permissions in the app's settings, and install the app again.",
                    null);
        }
        return "";
    }

    private void storage(StorageSettings settings, Function<Storage, ConditionalWrites> conditions) {
        try (Storage storage = settings.storage()) {
            attempt(storage.name(), () -> {
                storage.check();
                return "a file was put and removed" + aboutOthers(conditions.apply(storage));
            });
        }
    }

    /** Whether two instances that publish there by mistake would notice. */
    private static String aboutOthers(ConditionalWrites conditions) {
        String unnoticed = ", so two Chatpresses that publish here would not notice each other";
        return switch (conditions) {
            case NONE -> "";
            case SUPPORTED -> "; a second Chatpress that publishes here would be noticed";
            case IGNORED -> "; this server ignores If-Match" + unnoticed;
            case BROKEN -> "; this server answers 412 to a right If-Match" + unnoticed;
        };
    }

    private void cms(Cms cms) {
        storage(cms.uploadFolder(), drop -> ConditionalWrites.NONE);
        attempt("the CMS", () -> {
            new CmsClient().check(cms);
            return "answers " + cms.lookupUrl("…");
        });
    }

    private void attempt(String what, Callable<String> trial) {
        try {
            ok(what, trial.call());
        } catch (RemoteException e) {
            fail(what, e.getMessage(), e.hint());
        } catch (StoreException e) {
            fail(what, e.getMessage(), e.hint());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String counted(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    private void ok(String what, String detail) {
        print("ok", what, detail);
    }

    private void fail(String what, String message, String hint) {
        allFine = false;
        print("FAIL", what, message + (hint.isEmpty() ? "" : ". " + hint));
    }

    private void print(String word, String what, String detail) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-5s %s%s%n", word, what, detail.isEmpty() ? "" : ": " + detail);
    }
}
