package org.chatpress.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.chatpress.cli.Verb.DryRunOption;
import org.chatpress.cli.Verb.Progress;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.media.ClipPipeline;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.ClipRepository.ClipUpload;
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
        Function<StorageSettings, Storage> storages = dryRun.storages(out(), place -> folder.withoutSync());
        try (Store copy = Store.copy(settings.database());
                Application.OfflineCycles offline =
                        Application.buildOffline(settings.withStorages(List.of(folder)), copy, storages);
                Progress progress =
                        Progress.start(() -> Optional.of(offline.cycle().report()), Application.clock())) {
            CycleReport report = offline.cycle().publish();
            progress.close();
            boolean hasAllClips =
                    writeClips(copy, ClipPipeline.folder(settings.database()), storages.apply(folder), report);
            new IncidentLog().log(report);
            out().printf("%d files %s to %s%n", report.uploads(), dryRun.isSet() ? "would be written" : "written", to);
            return report.isComplete() && hasAllClips ? ChatpressCommand.OK : ChatpressCommand.WORK_FAILED;
        }
    }

    /**
     * Writes the converted clips, which are beside the database and not in it.
     *
     * @return false if one of them is not on this machine, as when another one converted it
     */
    private boolean writeClips(Store copy, Path kept, Storage site, CycleReport report) {
        boolean hasAll = true;
        for (ClipUpload clip : copy.clips().pendingUploads(site.name())) {
            Path file = kept.resolve(clip.key().name());
            if (Files.exists(file)) {
                var content = Content.of(file, clip.bytes(), () -> false);
                site.put(new StoredObject(clip.key(), content, clip.contentType(), clip.cacheControl()));
                report.addPublished(1, 0);
            } else {
                err().printf("%s is not written, because %s is not on this machine%n", clip.key(), file);
                hasAll = false;
            }
        }
        return hasAll;
    }
}
