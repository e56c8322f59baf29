package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.HistoryPage.TimeRange;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SlackReader.MessageLookup;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.Overridden;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random evenings end well, and evenings with a deliberate defect do not. */
@Tag("fuzz")
class RandomEveningTest {
    private static final long SEED = 20261103;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, SEED})
    void nothingLeaksAndNothingIsLost(long seed) {
        try (var evening = new RandomEvening(folder, seed)) {
            evening.runAndCheck();
        }
    }

    @Test
    void findsAPointerUploadedBeforeItsPages() {
        findsStorageDefect("is not on two", real -> {
            var late = new ArrayList<StoredObject>();
            return Overridden.of(Storage.class, real)
                    .with("put", args -> {
                        StoredObject object = (StoredObject) args[0];
                        if (object.key().value().contains("/i/")) {
                            late.add(object);
                            return null;
                        }
                        real.put(object);
                        return null;
                    })
                    .with("putUnlessChanged", args -> {
                        real.put((StoredObject) args[0]);
                        late.forEach(real::put);
                        late.clear();
                        return Optional.empty();
                    })
                    .get();
        });
    }

    @Test
    void findsPagesNotNamedByTheirContent() {
        findsStorageDefect("expected: 0L", real -> {
            Map<String, String> names = new HashMap<>();
            return Overridden.of(Storage.class, real)
                    .with("put", args -> {
                        real.put(renamed((StoredObject) args[0], names));
                        return null;
                    })
                    .with("putUnlessChanged", args -> {
                        real.put(renamed((StoredObject) args[0], names));
                        return Optional.empty();
                    })
                    .with("delete", args -> {
                        // The name may already belong to another version of the page.
                        if (!((ObjectKey) args[0]).value().contains("/i/")) {
                            real.delete((ObjectKey) args[0]);
                        }
                        return null;
                    })
                    .get();
        });
    }

    @Test
    void findsATakedownThatDeletesNothing() {
        findsStorageDefect(
                "not to contain",
                real -> Overridden.of(Storage.class, real)
                        .with("delete", args -> null)
                        .get());
    }

    @Test
    void findsAFailedPageTakenForAnEmptyChannel() {
        try (var evening = new RandomEvening(folder, SEED)) {
            evening.asksSlackThrough(real -> {
                var failed = new boolean[1];
                return Overridden.of(SlackClient.class, real)
                        .with(
                                "history",
                                args -> orElse(
                                        () -> real.history((ChannelId) args[0], until(args[1]), (int) args[2]), () -> {
                                            failed[0] = true;
                                            return new HistoryPage(
                                                    (ChannelId) args[0],
                                                    new TimeRange(Optional.empty(), until(args[1])),
                                                    List.of(),
                                                    0,
                                                    false,
                                                    TestNewsroom.START);
                                        }))
                        .with(
                                "lookUpMessage",
                                args -> failed[0]
                                        ? new MessageLookup(
                                                MessageLookup.State.DELETED, Optional.empty(), TestNewsroom.START)
                                        : real.lookUpMessage((ChannelId) args[0], (MessageTs) args[1]))
                        .get();
            });

            assertFound(evening, "to contain key");
        }
    }

    private void findsStorageDefect(String message, UnaryOperator<Storage> defect) {
        try (var evening = new RandomEvening(folder, SEED)) {
            evening.usesStoragesThrough(defect);

            assertFound(evening, message);
        }
    }

    private static void assertFound(RandomEvening evening, String message) {
        Throwable found = catchThrowable(evening::runAndCheck);
        assertThat(found).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }

    /** Names a page by its first message instead of its content, and adapts the files that refer to it. */
    private static StoredObject renamed(StoredObject object, Map<String, String> names) {
        String text = new String(object.bytes(), StandardCharsets.UTF_8);
        String name = object.key().name().replace(".json", "");
        if (object.key().value().contains("/i/")) {
            int ts = text.indexOf("\"ts\":\"");
            String fixed = name.startsWith("p-") ? text.substring(ts + 6, ts + 16) + "00" : "000000000000";
            names.put(name, name.substring(0, 2) + fixed);
        }
        String key = object.key().value();
        for (Map.Entry<String, String> entry : names.entrySet()) {
            text = text.replace(entry.getKey(), entry.getValue());
            key = key.replace(entry.getKey(), entry.getValue());
        }
        return new StoredObject(
                new ObjectKey(key), text.getBytes(StandardCharsets.UTF_8), object.contentType(), object.cacheControl());
    }

    @SuppressWarnings("unchecked")
    private static Optional<MessageTs> until(Object argument) {
        return (Optional<MessageTs>) argument;
    }

    private static <T> T orElse(Supplier<T> supplier, Supplier<T> fallback) {
        try {
            return supplier.get();
        } catch (RemoteException e) {
            return fallback.get();
        }
    }
}
