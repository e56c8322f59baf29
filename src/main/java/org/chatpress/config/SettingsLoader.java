package org.chatpress.config;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.config.Settings.Organization;
import org.chatpress.config.Settings.SlackAccess;
import org.chatpress.config.StorageSettingsReader.PublishedStorage;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.InvalidSettingsException.Problem;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.VideoSettings;
import org.chatpress.purge.PurgeSettings;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage.StorageSettings;

/** Reads channels.yml. */
public final class SettingsLoader {
    private static final URI SLACK_API = URI.create("https://slack.com/api/");

    private SettingsLoader() {}

    /**
     * Reads the file. Relative paths in it are relative to the working directory.
     *
     * @param environment the values of {@code ${NAME}}; a problem never contains one
     * @throws InvalidSettingsException with every problem of the file, sorted by line
     */
    public static Settings read(Path file, Map<String, String> environment) {
        return parse(file, load(file), environment);
    }

    /**
     * The settings as far as a file that has problems can be read, for a look at a process that keeps the last valid
     * ones.
     *
     * @param settings of a file that is not YAML: only {@code database}, {@code every} and {@code cron}
     * @param problem empty if the file is valid
     */
    public record Reading(Settings settings, Optional<InvalidSettingsException> problem) {}

    /** @throws InvalidSettingsException if the file cannot be opened or is empty */
    public static Reading readDespiteProblems(Path file, Map<String, String> environment) {
        Content content = load(file);
        try {
            return new Reading(parse(file, content, environment), Optional.empty());
        } catch (InvalidSettingsException e) {
            ConfigNode root = new YamlReader(environment, new ArrayList<>()).read(content.text());
            if (!root.isSection()) {
                String scalars = content.text()
                        .lines()
                        .filter(line -> line.matches("(database|every|cron):\\s.*"))
                        .collect(Collectors.joining("\n"));
                root = new YamlReader(environment, new ArrayList<>()).read(scalars);
            }
            return new Reading(settings(root.section(), content.modifiedAt()), Optional.of(e));
        }
    }

    /** What the file holds, and when it was changed by its file system's clock. */
    record Content(String text, Instant modifiedAt) {}

    /** @param file for the message of the exception */
    static Settings parse(Path file, Content content, Map<String, String> environment) {
        if (content.text().isBlank()) {
            throw unreadable(file, "empty file: write at least slack, publish and channels");
        }
        var problems = new ArrayList<Problem>();
        ConfigNode root = new YamlReader(environment, problems).read(content.text());
        Settings settings = settings(root.section(), content.modifiedAt());
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(Problem::line));
            throw new InvalidSettingsException(file.toString(), problems);
        }
        return settings;
    }

    static Content load(Path file) {
        try {
            Instant modifiedAt = Files.getLastModifiedTime(file).toInstant();
            return new Content(Files.readString(file), modifiedAt);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "file not found: write it with chatpress init, or name another one with --config");
        } catch (CharacterCodingException e) {
            throw unreadable(file, "not UTF-8: save it as UTF-8");
        } catch (IOException e) {
            throw unreadable(
                    file, "cannot be read: check that it is a file and that the user of this process may read it");
        }
    }

    private static InvalidSettingsException unreadable(Path file, String problem) {
        return new InvalidSettingsException(file.toString(), "", problem);
    }

    private static Settings settings(Section file, Instant modifiedAt) {
        ChannelDefaults defaults = defaults(file.get("defaults").section());
        SlackAccess slack = slack(file.get("slack").section());
        CycleInterval interval = interval(file);
        DatabaseSettings database = DatabaseSettingsReader.read(file.get("database"));
        Optional<URI> publicUrl = file.get("public-url").optional(ValueParsers::baseUrl);
        List<PublishedStorage> published = storages(file.get("publish"), publicUrl);
        List<StorageSettings> storages =
                published.stream().map(PublishedStorage::storage).toList();
        if (database instanceof SqliteFile sqlite) {
            rejectPublicDatabase(sqlite.path(), storages, file.get("database"));
        }
        Optional<PhotoSettings> photos = PhotoSettingsReader.read(file.get("photos"), storages);
        Optional<VideoSettings> videos = PhotoSettingsReader.readVideos(file.get("videos"));
        Optional<String> liveReaction = liveReaction(file.get("marks"));
        ConfigNode notify = file.get("notify");
        var receivers = NotifySettingsReader.read(notify);
        if (!receivers.hubs().isEmpty() && publicUrl.isEmpty()) {
            notify.problem("websub needs the URLs of the feeds: write public-url at the top of the file");
        }
        var settings = new Settings(
                slack,
                interval,
                database,
                publicUrl,
                publisher(file.get("publisher")),
                storages,
                purges(published),
                photos,
                videos,
                file.get("marks").isSection() || file.get("marks").read(ValueParsers::flag, true),
                new ChannelReader(defaults, liveReaction).read(file.get("channels")),
                receivers.webhooks(),
                receivers.hubs(),
                file.get("metrics-file").optional(ValueParsers::metricsFile),
                modifiedAt);
        file.rejectUnknownKeys();
        return settings;
    }

    private static ChannelDefaults defaults(Section section) {
        ChannelDefaults defaults = ChannelDefaults.read(section, ChannelDefaults.BUILT_IN);
        section.rejectUnknownKeys();
        return defaults;
    }

    private static SlackAccess slack(Section section) {
        var slack = new SlackAccess(
                section.get("token")
                        .required(ValueParsers::secret, "write ${SLACK_BOT_TOKEN} and export that variable"),
                section.get("api-url").read(ValueParsers::secureBaseUrl, SLACK_API),
                section.get("app-token").optional(ValueParsers::appToken));
        section.rejectUnknownKeys();
        return slack;
    }

    private static CycleInterval interval(Section file) {
        ConfigNode cron = file.get("cron");
        ConfigNode every = file.get("every");
        Optional<String> expression = cron.optional(ValueParsers::cron);
        Duration pause = every.read(ValueParsers::interval, Duration.ofSeconds(1));
        if (cron.isText() && every.isText()) {
            cron.problem("conflicts with every: keep one of them");
        }
        return new CycleInterval(expression.isPresent() ? Optional.empty() : Optional.of(pause), expression);
    }

    /** {@code publish}: two entries for the same place are a problem. */
    private static List<PublishedStorage> storages(ConfigNode publish, Optional<URI> publicUrl) {
        if (publish.isEmpty()) {
            publish.problem("missing: write at least one storage, such as [directory: public]");
        }
        var destinations = new HashSet<String>();
        var storages = new ArrayList<PublishedStorage>();
        for (ConfigNode item : publish.items()) {
            StorageSettingsReader.readPublished(item).ifPresent(published -> {
                if (!destinations.add(StorageSettingsReader.destination(published.storage()))) {
                    item.problem("same place as an entry above: keep one of them");
                    return;
                }
                if (published.purge().isPresent() && publicUrl.isEmpty()) {
                    item.problem("purge needs the URLs of the files: write public-url at the top of the file");
                }
                storages.add(published);
            });
        }
        return storages;
    }

    private static Map<StorageSettings, PurgeSettings> purges(List<PublishedStorage> published) {
        var purges = new HashMap<StorageSettings, PurgeSettings>();
        published.forEach(entry -> entry.purge().ifPresent(purge -> purges.put(entry.storage(), purge)));
        return purges;
    }

    private static void rejectPublicDatabase(Path database, List<StorageSettings> storages, ConfigNode node) {
        boolean isPublic = storages.stream()
                .filter(DirectorySettings.class::isInstance)
                .map(storage -> StorageSettingsReader.absolute(((DirectorySettings) storage).directory()))
                .anyMatch(StorageSettingsReader.absolute(database)::startsWith);
        if (isPublic) {
            node.problem("inside a published directory, so readers could download it: write a path outside");
        }
    }

    /** {@code marks} is a flag, or a section with the emoji for public messages. */
    private static Optional<String> liveReaction(ConfigNode marks) {
        if (!marks.isSection()) {
            return Optional.empty();
        }
        Section section = marks.section();
        Optional<String> live = section.get("live").optional(ValueParsers::emoji);
        section.rejectUnknownKeys();
        return live;
    }

    private static Optional<Organization> publisher(ConfigNode node) {
        if (!node.isPresent()) {
            return Optional.empty();
        }
        Section section = node.section();
        var publisher = new Organization(
                section.get("name")
                        .required(ValueParsers::nonEmptyText, "write the publisher's name as readers know it"),
                section.get("logo").optional(ValueParsers::url),
                section.get("language").read(ValueParsers::language, "en"));
        section.rejectUnknownKeys();
        return Optional.of(publisher);
    }
}
