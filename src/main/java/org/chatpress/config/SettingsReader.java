package org.chatpress.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.chatpress.config.Settings.CycleInterval;
import org.chatpress.config.Settings.Publisher;
import org.chatpress.config.Settings.SlackAccess;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.model.Secret;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.StorageSettings;

/** The file from top to bottom: what the operators fill in, then the editors' channels. */
final class SettingsReader {
    private static final URI SLACK = URI.create("https://slack.com/api/");

    private SettingsReader() {}

    static Settings read(ConfigNode value) {
        ConfigSection file = value.section();
        ChannelDefaults defaults = defaults(file.get("defaults").section());
        SlackAccess slack = slack(file.get("slack").section());
        CycleInterval interval = cadence(file);
        Path database = file.get("database").read(ValueParsers::path, Path.of("data/chatpress.db"));
        List<StorageSettings> publish = publish(file.get("publish"));
        refuseToServe(database, publish, file.get("database"));
        Optional<PhotoSettings> photos = PhotoSettingsReader.read(file.get("photos"), publish);
        Optional<String> liveMark = liveMark(file.get("marks"));
        var settings = new Settings(
                slack,
                interval,
                database,
                file.get("public-url").read(url -> Optional.of(ValueParsers.folderUrl(url)), Optional.<URI>empty()),
                publisher(file.get("publisher")),
                publish,
                photos,
                file.get("marks").isSection() || file.get("marks").read(ValueParsers::flag, true),
                new ChannelReader(defaults, liveMark).read(file.get("channels")),
                file.get("metrics-file").read(path -> Optional.of(ValueParsers.path(path)), Optional.<Path>empty()));
        file.rejectUnknownKeys();
        return settings;
    }

    /** {@code marks} is a flag, or a section that says what public messages bear. */
    private static Optional<String> liveMark(ConfigNode marks) {
        if (!marks.isSection()) {
            return Optional.empty();
        }
        ConfigSection section = marks.section();
        Optional<String> live = section.get("live")
                .read(value -> Optional.of(SlackValueParsers.emoji(value)), Optional.<String>empty());
        section.rejectUnknownKeys();
        return live;
    }

    private static ChannelDefaults defaults(ConfigSection section) {
        ChannelDefaults defaults = ChannelDefaults.read(section, ChannelDefaults.BUILT_IN);
        section.rejectUnknownKeys();
        return defaults;
    }

    private static SlackAccess slack(ConfigSection section) {
        var slack = new SlackAccess(
                section.get("token").required(ValueParsers::secret, "Write ${SLACK_BOT_TOKEN}, and export that."),
                section.get("api-url").read(ValueParsers::secureUrl, SLACK),
                section.get("app-token")
                        .read(value -> Optional.of(ValueParsers.appToken(value)), Optional.<Secret>empty()));
        section.rejectUnknownKeys();
        return slack;
    }

    private static CycleInterval cadence(ConfigSection file) {
        ConfigNode cron = file.get("cron");
        ConfigNode every = file.get("every");
        Optional<String> expression = cron.read(ValueParsers::cron, Optional.empty());
        Optional<Duration> pause = every.read(ValueParsers::pause, Optional.of(Duration.ofSeconds(1)));
        if (cron.isText() && every.isText()) {
            cron.problem("stands beside every. Keep one of them.");
        }
        return new CycleInterval(expression.isPresent() ? Optional.empty() : pause, expression);
    }

    private static Optional<Publisher> publisher(ConfigNode value) {
        if (!value.isPresent()) {
            return Optional.empty();
        }
        ConfigSection section = value.section();
        var publisher = new Publisher(
                section.get("name").required(ValueParsers::nonEmptyText, "Write who publishes, as readers know it."),
                section.get("logo").read(url -> Optional.of(ValueParsers.url(url)), Optional.<URI>empty()),
                section.get("language").read(ValueParsers::language, "en"));
        section.rejectUnknownKeys();
        return Optional.of(publisher);
    }

    private static List<StorageSettings> publish(ConfigNode publish) {
        if (publish.isEmpty()) {
            publish.problem("is missing. Write at least one place for the files, such as [directory: public].");
        }
        var places = new LinkedHashMap<String, StorageSettings>();
        for (ConfigNode item : publish.items()) {
            StorageSettingsReader.read(item).ifPresent(storage -> {
                if (places.putIfAbsent(StorageSettingsReader.place(storage), storage) != null) {
                    item.problem("is the same place as an entry above. Keep one of them.");
                }
            });
        }
        return List.copyOf(places.values());
    }

    private static void refuseToServe(Path database, List<StorageSettings> publish, ConfigNode place) {
        boolean isServed = publish.stream()
                .filter(DirectorySettings.class::isInstance)
                .map(storage -> StorageSettingsReader.absolute(((DirectorySettings) storage).directory()))
                .anyMatch(StorageSettingsReader.absolute(database)::startsWith);
        if (isServed) {
            place.problem("lies in a directory that readers are served from. Write a path outside of it.");
        }
    }
}
