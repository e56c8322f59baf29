package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.Overridden;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever changes among rules, clocks and databases, nothing leaks and nothing is lost; deliberate defects are found. */
@Tag("fuzz")
class RandomRulesTest {
    private static final int SEEDS_FOR_A_DEFECT = 12;

    @TempDir
    Path folder;

    /** {@code -Drules.seeds=50} runs more, {@code -Drules.first=7} begins with that one. */
    static LongStream seeds() {
        long first = Long.getLong("rules.first", 1);
        return LongStream.range(first, first + Long.getLong("rules.seeds", 6));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingLeaksAndNothingIsLost(long seed) {
        try (var newsroom = new RandomRules(folder, seed)) {
            newsroom.runAndCheck();
            assertThat(newsroom.happened()).hasSizeGreaterThan(6);
        }
    }

    @Test
    void findsMembersOfAGroupThatAreAskedForOnce() {
        findsSlackDefect(84, real -> {
            Map<Object, Set<UserId>> asked = new ConcurrentHashMap<>();
            return Overridden.of(SlackClient.class, real)
                    .with(
                            "groupMembers",
                            args -> asked.computeIfAbsent(args[0], group -> real.groupMembers((String) group)))
                    .get();
        });
    }

    @Test
    void findsAClosingThatIsTimedByTheLocalClock() {
        findsSlackDefect(
                18,
                real -> Overridden.of(SlackClient.class, real)
                        .with("clockDifference", args -> Optional.of(Duration.ZERO))
                        .get());
    }

    @Test
    void findsDeletionsThatAreNeverConfirmed() {
        findsSlackDefect(real -> Overridden.of(SlackClient.class, real)
                .with("lookUpMessage", args -> {
                    throw RemoteException.transientFailure("no answer", (Throwable) null);
                })
                .get());
    }

    @Test
    void findsAHoleInTheHistory() {
        findsSlackDefect(real -> Overridden.of(SlackClient.class, real)
                .with(
                        "history",
                        args -> withoutTheMiddle(real.history((ChannelId) args[0], until(args[1]), (int) args[2])))
                .get());
    }

    @Test
    void findsATakedownThatDeletesNothing() {
        findsStorageDefect(real ->
                Overridden.of(Storage.class, real).with("delete", args -> null).get());
    }

    /** One that is not listed either is uploaded again. */
    @Test
    void findsAnUploadThatIsAcknowledgedAndListedButLost() {
        findsStorageDefect(real -> {
            var puts = new AtomicInteger();
            Set<ObjectKey> lost = ConcurrentHashMap.newKeySet();
            return Overridden.of(Storage.class, real)
                    .with("put", args -> {
                        if (puts.incrementAndGet() % 9 == 0) {
                            lost.add(((StoredObject) args[0]).key());
                        } else {
                            real.put((StoredObject) args[0]);
                        }
                        return null;
                    })
                    .with(
                            "list",
                            args -> Stream.concat(real.list((String) args[0]).stream(), lost.stream())
                                    .filter(key -> key.value().startsWith((String) args[0]))
                                    .toList())
                    .get();
        });
    }

    private void findsSlackDefect(UnaryOperator<SlackClient> defect) {
        findsSlackDefect(1, defect);
    }

    /** @param firstSeed a defect that few seeds lead to needs a certain one */
    private void findsSlackDefect(long firstSeed, UnaryOperator<SlackClient> defect) {
        finds(firstSeed, newsroom -> newsroom.through(defect, UnaryOperator.identity()));
    }

    private void findsStorageDefect(UnaryOperator<Storage> defect) {
        finds(1, newsroom -> newsroom.through(UnaryOperator.identity(), defect));
    }

    private void finds(long firstSeed, UnaryOperator<RandomRules> plant) {
        for (long seed = firstSeed; seed < firstSeed + SEEDS_FOR_A_DEFECT; seed++) {
            try (var newsroom = new RandomRules(Files.createDirectory(folder.resolve("seed" + seed)), seed)) {
                plant.apply(newsroom).runAndCheck();
            } catch (AssertionError found) {
                return;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        throw new AssertionError("the defect was not found by " + SEEDS_FOR_A_DEFECT + " seeds");
    }

    /** The same page, but that a message in its middle is missing, as if Slack had never had it. */
    private static HistoryPage withoutTheMiddle(HistoryPage page) {
        var messages = new ArrayList<>(page.messages());
        if (messages.size() > 20) {
            messages.remove(messages.size() / 2);
        }
        return new HistoryPage(
                page.channel(), page.range(), List.copyOf(messages), page.unusable(), page.hasMore(), page.readAt());
    }

    @SuppressWarnings("unchecked")
    private static Optional<MessageTs> until(Object argument) {
        return (Optional<MessageTs>) argument;
    }
}
