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
        ChannelDefaults defaults = defaults(file.at("defaults").section());
        SlackAccess slack = slack(file.at("slack").section());
        CycleInterval cadence = cadence(file);
        Path database = file.at("database").read(ValueParsers::path, Path.of("data/chatpress.db"));
        List<StorageSettings> publish = publish(file.at("publish"));
        refuseToServe(database, publish, file.at("database"));
        Optional<PhotoSettings> photos = PhotoSettingsReader.read(file.at("photos"), publish);
        Optional<String> liveMark = liveMark(file.at("marks"));
        var settings = new Settings(
                slack,
                cadence,
                database,
                file.at("public-url").read(url -> Optional.of(ValueParsers.folderUrl(url)), Optional.<URI>empty()),
                publisher(file.at("publisher")),
                publish,
                photos,
                file.at("marks").isSection() || file.at("marks").read(ValueParsers::flag, true),
                new ChannelReader(defaults, liveMark).read(file.at("channels")),
                file.at("metrics-file").read(path -> Optional.of(ValueParsers.path(path)), Optional.<Path>empty()));
        file.nothingElse();
        return settings;
    }

    /** {@code marks} is a flag, or a section that says what public messages bear. */
    private static Optional<String> liveMark(ConfigNode marks) {
        if (!marks.isSection()) {
            return Optional.empty();
        }
        ConfigSection section = marks.section();
        Optional<String> live =
                section.at("live").read(value -> Optional.of(SlackValueParsers.emoji(value)), Optional.<String>empty());
        section.nothingElse();
        return live;
    }

    private static ChannelDefaults defaults(ConfigSection section) {
        ChannelDefaults defaults = ChannelDefaults.read(section, ChannelDefaults.BUILT_IN);
        section.nothingElse();
        return defaults;
    }

    private static SlackAccess slack(ConfigSection section) {
        var slack = new SlackAccess(
                section.at("token").required(ValueParsers::secret, "Write ${SLACK_BOT_TOKEN}, and export that."),
                section.at("api-url").read(ValueParsers::guardedUrl, SLACK),
                section.at("app-token")
                        .read(value -> Optional.of(ValueParsers.appToken(value)), Optional.<Secret>empty()));
        section.nothingElse();
        return slack;
    }

    private static CycleInterval cadence(ConfigSection file) {
        ConfigNode cron = file.at("cron");
        ConfigNode every = file.at("every");
        Optional<String> expression = cron.read(ValueParsers::cron, Optional.empty());
        Optional<Duration> pause = every.read(ValueParsers::pause, Optional.of(Duration.ofSeconds(1)));
        if (cron.isText() && every.isText()) {
            cron.problem("stands beside every. Keep one of them.");
        }
        return new CycleInterval(expression.isPresent() ? Optional.empty() : pause, expression);
    }

    private static Optional<Publisher> publisher(ConfigNode value) {
        if (!value.isThere()) {
            return Optional.empty();
        }
        ConfigSection section = value.section();
        var publisher = new Publisher(
                section.at("name").required(ValueParsers::someText, "Write who publishes, as readers know it."),
                section.at("logo").read(url -> Optional.of(ValueParsers.url(url)), Optional.<URI>empty()),
                section.at("language").read(ValueParsers::language, "en"));
        section.nothingElse();
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
