package org.chatpress.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The site from the store alone. */
@Command(
        name = "render",
        description = "Writes the site from the database alone, without a network: chatpress render --to site",
        mixinStandardHelpOptions = true)
final class RenderCommand implements Callable<Integer> {
    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "the folder to write to")
    private Path to;

    @Override
    public Integer call() {
        Settings settings = SettingsLoader.read(chatpress.config(), Application.environment());
        var site = new DirectorySettings(to);
        Settings here = settings.withStorages(List.of(site));
        boolean dry = chatpress.isDryRun();
        if (dry) {
            chatpress.logWarningsOnly();
        }
        // A copy in memory: rendering may move pages, and what the real storages have is none of this verb's business.
        Store.openToRead(settings.database()).close();
        try (Store copy = Store.copy(settings.database());
                Application.OfflineCycles offline = Application.buildOffline(
                        here,
                        copy,
                        dry ? Application.dryRunStorages(spec.commandLine().getOut()) : place -> site.withoutSync())) {
            CycleReport report = offline.cycle().publish();
            new IncidentLog().log(report);
            spec.commandLine()
                    .getOut()
                    .printf("%d files %s to %s%n", report.uploads(), dry ? "would be written" : "written", to);
            return report.isComplete() ? ChatpressCommand.OK : ChatpressCommand.WORK_FAILED;
        }
    }
}
