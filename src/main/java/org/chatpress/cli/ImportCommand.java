package org.chatpress.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.chatpress.cli.Verb.DryRunOption;
import org.chatpress.cli.Verb.Progress;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.cycle.OfflineCycle;
import org.chatpress.model.ChannelId;
import org.chatpress.model.VisibleText;
import org.chatpress.slack.SlackReader.ChannelInfo;
import org.chatpress.slackexport.SlackExport;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Imports a Slack export into the database. */
@Command(
        name = "import",
        description = {
            "Imports a Slack export (zip, folder) into the database: chatpress import export.zip",
            "Imports only channels listed in the settings; messages already read from Slack are not changed."
        })
final class ImportCommand extends Verb {
    private static final Logger LOG = LoggerFactory.getLogger(ImportCommand.class);

    private static final int MAX_NAMES = 10;

    @Mixin
    private DryRunOption dryRun;

    @Parameters(paramLabel = "EXPORT", description = "the zip file or folder of the export")
    private Path path;

    /** The number of messages that the export has in the channels of the settings. */
    private int found;

    /** A line for each imported channel, printed once all are saved. */
    private final List<String> results = new ArrayList<>();

    @Override
    public Integer call() {
        Settings settings = readSettings();
        try (SlackExport export = SlackExport.open(path);
                Store store = dryRun.openStore(settings, "import");
                Application.OfflineCycles offline =
                        Application.buildOffline(settings, store, StorageSettings::storage);
                Progress progress =
                        Progress.start(() -> Optional.of(offline.cycle().report()), Application.clock())) {
            // All or nothing, and one disk sync instead of one for each channel.
            export.problems().forEach(LOG::warn);
            store.inTransaction(() -> importAll(export, settings, store, offline.cycle()));
            progress.close();
            results.forEach(out()::println);
            if (found == 0 && export.hasMessageFiles()) {
                LOG.error(
                        "no message was found for the channels in the settings; the export has {}."
                                + " Write the ids of those to import into the settings",
                        channels(export));
                return ChatpressCommand.WORK_FAILED;
            }
            return ChatpressCommand.OK;
        }
    }

    private static String channels(SlackExport export) {
        return export.channels().stream()
                .map(channel -> VisibleText.line(channel.name()) + " (" + channel.id() + ")")
                .limit(MAX_NAMES)
                .collect(Collectors.joining(", "));
    }

    private void importAll(SlackExport export, Settings settings, Store store, OfflineCycle cycle) {
        Set<ChannelId> exported =
                export.channels().stream().map(ChannelInfo::id).collect(Collectors.toSet());
        store.users().saveUnknown(export.users().values(), Application.clock().instant());
        for (Channel channel : settings.channels()) {
            if (!exported.contains(channel.id())) {
                LOG.info("{} is not in the export", channel.slug());
                continue;
            }
            importChannel(export, channel, cycle);
        }
    }

    private void importChannel(SlackExport export, Channel channel, OfflineCycle cycle) {
        var inExport = new AtomicInteger();
        var imported = new AtomicInteger();
        var old = new AtomicLong();
        SlackExport.HistorySummary summary = export.readHistory(channel.id(), messages -> {
            inExport.addAndGet(messages.size());
            old.addAndGet(messages.stream()
                    .filter(message ->
                            message.ts().instant().isBefore(channel.source().since()))
                    .count());
            imported.addAndGet(cycle.importMessages(channel, messages));
        });
        cycle.review(channel);
        found += inExport.get();
        summary.problems().forEach(problem -> LOG.warn("{}: {}", channel.slug(), problem));
        if (summary.skippedEntries() > 0) {
            LOG.warn("{}: skipped {} entries without a valid ts", channel.slug(), summary.skippedEntries());
        }
        if (old.get() > 0) {
            LOG.info("{}: skipped {} messages that are older than since", channel.slug(), old);
        }
        results.add("%s: %d messages in the export, %d %s"
                .formatted(
                        channel.slug(),
                        inExport.get(),
                        imported.get(),
                        dryRun.isSet() ? "would be imported" : "imported"));
    }
}
