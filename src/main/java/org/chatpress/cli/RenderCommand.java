package org.chatpress.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.chatpress.cli.Verb.DryRunOption;
import org.chatpress.cli.Verb.Progress;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the published files from the database. */
@Command(
        name = "render",
        description = "Writes the published files from the database alone: chatpress render --to site")
final class RenderCommand extends Verb {
    @Mixin
    private DryRunOption dryRun;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "the folder to write to")
    private Path to;

    @Override
    public Integer call() {
        Settings settings = readSettings();
        var folder = new DirectorySettings(to);
        if (dryRun.isSet()) {
            chatpress().logWarningsOnly();
        }
        // Fails without a database; Store.copy would start with an empty one.
        Store.openToRead(settings.database()).close();
        // Always a copy: rendering may move pages, and the state of the real storages must stay as it is.
        try (Store copy = Store.copy(settings.database());
                Application.OfflineCycles offline = Application.buildOffline(
                        settings.withStorages(List.of(folder)),
                        copy,
                        dryRun.storages(out(), place -> folder.withoutSync()));
                Progress progress =
                        Progress.start(() -> Optional.of(offline.cycle().report()), Application.clock())) {
            CycleReport report = offline.cycle().publish();
            progress.close();
            new IncidentLog().log(report);
            out().printf("%d files %s to %s%n", report.uploads(), dryRun.isSet() ? "would be written" : "written", to);
            return report.isComplete() ? ChatpressCommand.OK : ChatpressCommand.WORK_FAILED;
        }
    }
}
