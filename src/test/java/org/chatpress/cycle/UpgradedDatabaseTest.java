package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.chatpress.approval.CustomEmojiSync;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.cycle.context.CycleMode;
import org.chatpress.model.Hashes;
import org.chatpress.publish.OwnershipCheck;
import org.chatpress.publish.PublishService;
import org.chatpress.purge.PurgeSettings;
import org.chatpress.render.RenderService;
import org.chatpress.slack.OfflineSlackReader;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.Store;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.OldDatabase;
import org.chatpress.text.EmojiTable;
import org.chatpress.text.MessageFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is rendered from a database that an earlier release wrote is what that release rendered, byte for byte. */
class UpgradedDatabaseTest {
    @TempDir
    Path folder;

    @Test
    void rendersTheSameBytesUnderTheSameSettings() throws IOException {
        assertThat(rendered("as-is", OldDatabase.settings())).isEqualTo(golden("as-is"));
    }

    /** Another folder and headline: every file is rendered from the rows. */
    @Test
    void rendersTheSameBytesUnderNewNames() throws IOException {
        String renamed =
                OldDatabase.settings().replace("slug: ", "slug: new-").replace("Election night", "The morning after");

        assertThat(rendered("renamed", renamed)).isEqualTo(golden("renamed"));
    }

    private String rendered(String way, String yaml) throws IOException {
        Path database = folder.resolve(way + ".db");
        OldDatabase.write(database);
        Settings settings = SettingsLoader.read(Files.writeString(folder.resolve(way + ".yml"), yaml), Map.of())
                .withStorages(List.of(new DirectorySettings(folder)));
        var site = new MemoryStorage("site");
        CycleMode mode = CycleMode.OFFLINE;
        try (Store store = Store.copy(new SqliteFile(database));
                var publishing = new PublishService(
                        store,
                        place -> site,
                        PurgeSettings.Provider::purger,
                        new OwnershipCheck(store, () -> "epoch", mode.conflicts()),
                        Clock.fixed(OldDatabase.END, ZoneOffset.UTC),
                        mode,
                        () -> false)) {
            var cycle = new OfflineCycle(
                    () -> settings,
                    Clock.fixed(OldDatabase.END, ZoneOffset.UTC),
                    store,
                    new ChannelRegistry(store, () -> "epoch"),
                    new ClosingTimeRecorder(store, () -> Optional.of(Duration.ZERO)),
                    new MessageReviewer(
                            new OfflineSlackReader(),
                            store,
                            new MessageFormatter(EmojiTable.standard()),
                            new CustomEmojiSync(
                                    new OfflineSlackReader(), store, new MessageFormatter(EmojiTable.standard())),
                            mode.polling()),
                    new RenderService(store, mode.history(), mode.polling()),
                    publishing);
            assertThat(cycle.publish().incidents()).isEmpty();
        }
        return site.keys().stream()
                .map(key -> digest(site.blob(key).orElseThrow()) + " " + way + " " + key)
                .collect(Collectors.joining("\n"));
    }

    private static String golden(String way) {
        return OldDatabase.rendered()
                .lines()
                .filter(line -> line.contains(" " + way + " "))
                .collect(Collectors.joining("\n"));
    }

    /** Of the headers and the bytes. */
    private static String digest(StoredObject object) {
        String headers = object.contentType() + "\n" + object.cacheControl() + "\n";
        return Hashes.sha256(headers.getBytes(StandardCharsets.UTF_8), object.bytes())
                .substring(0, 32);
    }
}
