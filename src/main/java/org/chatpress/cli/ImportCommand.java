package org.chatpress.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Channel;
import org.chatpress.config.SettingsFile;
import org.chatpress.model.ChannelId;
import org.chatpress.slack.Export;
import org.chatpress.slack.Slack.ChannelInfo;
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
        PrintWriter out = spec.commandLine().getOut();
        Settings settings = SettingsFile.read(chatpress.config(), Wiring.environment());
        Instant now = Wiring.clock().instant();
        try (Export export = Export.open(path);
                Store store = chatpress.isDryRun()
                        ? Store.copy(settings.database())
                        : Store.open(settings.database(), Wiring.holder("import"));
                Wiring.Offline offline = Wiring.offline(store, place -> place.storage())) {
            Map<ChannelId, String> names = new HashMap<>();
            for (ChannelInfo info : export.channels()) {
                names.put(info.id(), info.name());
            }
            offline.cycle().begin(settings, now);
            store.people().saveUnknown(export.people().values(), now);
            for (Channel channel : settings.channels()) {
                if (names.containsKey(channel.id())) {
                    Export.History history = export.history(channel.id());
                    history.problems().forEach(LOG::warn);
                    int kept = offline.cycle().take(channel, history.messages(), now);
                    out.printf(
                            "%s: %d messages in the export, %d taken%n",
                            channel.slug(), history.messages().size(), kept);
                } else {
                    LOG.info("{} is not in the export", channel.slug());
                }
            }
            export.problems().forEach(LOG::warn);
            return ChatpressCommand.FINE;
        }
    }
}
