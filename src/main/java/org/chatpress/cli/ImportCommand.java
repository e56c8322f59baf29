package org.chatpress.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.cycle.OfflineCycle;
import org.chatpress.model.ChannelId;
import org.chatpress.slack.SlackReader.ChannelInfo;
import org.chatpress.slackexport.SlackExport;
import org.chatpress.storage.StorageSettings;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A Slack export into the store. */
@Command(
        name = "import",
        description = {
            "Takes a Slack export (zip or folder) into the database: chatpress import export.zip",
            "Only channels that the settings list are taken; what Slack itself has shown is not touched."
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ImportCommand.class);

    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "EXPORT", description = "the export's zip file or folder")
    private Path path;

    @Override
    public Integer call() {
        Settings settings = SettingsLoader.read(chatpress.config(), Application.environment());
        try (SlackExport export = SlackExport.open(path);
                Store store = chatpress.isDryRun()
                        ? Store.copy(settings.database())
                        : Store.open(settings.database(), Application.lockHolder("import"));
                Application.OfflineCycles offline =
                        Application.buildOffline(settings, store, StorageSettings::storage)) {
            // All or nothing, and one wait for the disk instead of one for each channel.
            store.inTransaction(() -> take(export, settings, store, offline.cycle()));
            export.problems().forEach(LOG::warn);
            return ChatpressCommand.OK;
        }
    }

    private void take(SlackExport export, Settings settings, Store store, OfflineCycle cycle) {
        PrintWriter out = spec.commandLine().getOut();
        Set<ChannelId> exported =
                export.channels().stream().map(ChannelInfo::id).collect(Collectors.toSet());
        store.users().saveUnknown(export.users().values(), Application.clock().instant());
        for (Channel channel : settings.channels()) {
            if (!exported.contains(channel.id())) {
                LOG.info("{} is not in the export", channel.slug());
                continue;
            }
            SlackExport.ChannelHistory history = export.history(channel.id());
            history.problems().forEach(LOG::warn);
            int kept = cycle.importMessages(channel, history.messages());
            out.printf(
                    "%s: %d messages in the export, %d taken%n",
                    channel.slug(), history.messages().size(), kept);
        }
    }
}
