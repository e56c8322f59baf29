package org.chatpress.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.chatpress.config.LiveSettings;
import org.chatpress.config.Settings;
import org.chatpress.cycle.ApprovalDesk;
import org.chatpress.cycle.BackRoom;
import org.chatpress.cycle.BackRoom.Pace;
import org.chatpress.cycle.Bells;
import org.chatpress.cycle.ChannelReader;
import org.chatpress.cycle.Cycle;
import org.chatpress.cycle.DeliveryRoom;
import org.chatpress.cycle.DeliveryRoom.Waiting;
import org.chatpress.cycle.Doorman;
import org.chatpress.cycle.EmojiDesk;
import org.chatpress.cycle.MarkDesk;
import org.chatpress.cycle.OfflineCycle;
import org.chatpress.cycle.PhotoRoom;
import org.chatpress.cycle.PictureDesk;
import org.chatpress.cycle.PressRoom;
import org.chatpress.cycle.PressRoom.Completeness;
import org.chatpress.cycle.Roster;
import org.chatpress.cycle.Rounds;
import org.chatpress.cycle.Rounds.Manner;
import org.chatpress.cycle.Scout;
import org.chatpress.cycle.Scout.Arrival;
import org.chatpress.cycle.ThreadReader;
import org.chatpress.photo.PhotoDesk;
import org.chatpress.slack.Doorbell;
import org.chatpress.slack.Limiter;
import org.chatpress.slack.Slack;
import org.chatpress.slack.SlackApi;
import org.chatpress.slack.SlackMethod;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import org.chatpress.text.Emoji;
import org.chatpress.text.MessageText;

/**
 * Builds the program's objects, from top to bottom, by hand. Opening and closing what it made is the verbs' business.
 */
final class Wiring {
    private static final Duration ONCE_WAITS = Duration.ofMinutes(1);
    private static final String EPOCH_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int EPOCH_LENGTH = 8;

    private Wiring() {}

    static Clock clock() {
        return Clock.systemUTC();
    }

    static Map<String, String> environment() {
        return System.getenv();
    }

    /** The settings of a program that runs on: they follow their file. */
    static LiveSettings liveSettings(Path file) {
        return new LiveSettings(file, environment(), settings -> CheckCommand.cron(settings, file));
    }

    /** Who we are, for whoever finds the database locked. */
    static String holder(String verb) {
        return "chatpress " + verb + ", process " + ProcessHandle.current().pid() + ", since "
                + clock().instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** For {@code run}: a call that Slack does not allow now is made in a later cycle. */
    static Limiter limiterThatNeverWaits() {
        return Limiter.neverWaits(clock());
    }

    /** For {@code once}: waits for Slack a minute at most. */
    static Limiter limiterThatWaits() {
        return Limiter.waits(clock(), time -> Thread.sleep(time.toMillis()), ONCE_WAITS);
    }

    static Slack slack(Settings settings, Limiter limiter) {
        return new SlackApi(settings.slack().token(), settings.slack().apiUrl(), limiter, clock(), noProxy());
    }

    private static String noProxy() {
        return environment().getOrDefault("NO_PROXY", environment().getOrDefault("no_proxy", ""));
    }

    /** Empty without an app token. */
    static Optional<Doorbell> doorbell(Settings settings, Limiter limiter, Bells bells) {
        return settings.slack()
                .appToken()
                .map(token -> new Doorbell(token, settings.slack().apiUrl(), limiter, clock(), noProxy(), bells));
    }

    /** What Slack's rate limits leave in this minute: for reading channels, and for reading threads. */
    record CallsLeft(IntSupplier forChannels, IntSupplier forThreads) {
        /** Where nobody counts calls. */
        static final CallsLeft UNLIMITED = new CallsLeft(() -> Integer.MAX_VALUE, () -> Integer.MAX_VALUE);

        static CallsLeft of(Limiter limiter) {
            return new CallsLeft(() -> limiter.left(SlackMethod.HISTORY), () -> limiter.left(SlackMethod.REPLIES));
        }
    }

    static MessageText messageText() {
        return new MessageText(Emoji.standard());
    }

    /** The rooms of a cycle, joined by one store; those that hold threads are the caller's to close. */
    record Press(Cycle cycle, DeliveryRoom delivery, BackRoom back) implements AutoCloseable {
        @Override
        public void close() {
            back.close();
            delivery.close();
        }
    }

    static Press press(
            Supplier<Settings> settings,
            Clock clock,
            Slack slack,
            Bells bells,
            Manner manner,
            CallsLeft callsLeft,
            Store store,
            Function<StorageSettings, Storage> storages,
            Waiting waiting,
            Arrival arrival,
            Pace pace,
            BooleanSupplier stopping) {
        Supplier<String> epochs = epochs();
        var roster = new Roster(store, epochs);
        var rounds = new Rounds(store, bells, manner, callsLeft.forChannels());
        var reader = new ChannelReader(slack, store);
        var doorman = new Doorman(slack, store, reader, bells, callsLeft.forThreads());
        var threads = new ThreadReader(slack, store, reader, callsLeft.forThreads());
        var desk = new ApprovalDesk(slack, store, messageText());
        var press = new PressRoom(store, Completeness.REQUIRED);
        var delivery = new DeliveryRoom(store, storages, new Scout(store, epochs, arrival), waiting, stopping);
        var marks = new MarkDesk(slack, store, stopping);
        var photos = new PhotoRoom(clock, new PhotoDesk(slack), store, storages, stopping);
        var emoji = new EmojiDesk(slack, store, messageText());
        var back = new BackRoom(clock, marks, photos, emoji, new PictureDesk(slack, store), pace);
        var cycle = new Cycle(settings, clock, roster, doorman, rounds, reader, threads, desk, press, delivery, back);
        return new Press(cycle, delivery, back);
    }

    /** The rooms of a cycle without Slack. */
    record Offline(OfflineCycle cycle, DeliveryRoom delivery) implements AutoCloseable {
        @Override
        public void close() {
            delivery.close();
        }
    }

    static Offline offline(Store store, Function<StorageSettings, Storage> storages) {
        Supplier<String> epochs = epochs();
        var roster = new Roster(store, epochs);
        var desk = new ApprovalDesk(new OfflineSlack(), store, messageText());
        var press = new PressRoom(store, Completeness.AS_IT_IS);
        var delivery = new DeliveryRoom(
                store, storages, new Scout(store, epochs, Arrival.TAKES_OVER), Waiting.IGNORED, () -> false);
        return new Offline(new OfflineCycle(store, roster, desk, press, delivery), delivery);
    }

    static Supplier<String> epochs() {
        var random = new SecureRandom();
        return () -> random.ints(EPOCH_LENGTH, 0, EPOCH_LETTERS.length())
                .collect(StringBuilder::new, (word, i) -> word.append(EPOCH_LETTERS.charAt(i)), StringBuilder::append)
                .toString();
    }

    /** Each storage as it would be, printing and doing nothing. */
    static Function<StorageSettings, Storage> printing(PrintWriter out) {
        var made = new HashMap<StorageSettings, Storage>();
        return settings -> made.computeIfAbsent(settings, place -> new PrintingStorage(place.storage(), out));
    }
}
