package org.chatpress.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.chatpress.config.Settings.Cadence;
import org.chatpress.config.Settings.Publisher;
import org.chatpress.config.Settings.SlackAccess;
import org.chatpress.model.Secret;
import org.chatpress.photo.PhotoSettings;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.StorageSettings;

/** The file from top to bottom: what the operators fill in, then the editors' channels. */
final class WholeFile {
    private static final URI SLACK = URI.create("https://slack.com/api/");

    private WholeFile() {}

    static Settings read(Value value) {
        Section file = value.section();
        HouseRules defaults = defaults(file.at("defaults").section());
        SlackAccess slack = slack(file.at("slack").section());
        Cadence cadence = cadence(file);
        Path database = file.at("database").read(Forms::path, Path.of("data/chatpress.db"));
        List<StorageSettings> publish = publish(file.at("publish"));
        refuseToServe(database, publish, file.at("database"));
        Optional<PhotoSettings> photos = Photos.read(file.at("photos"), publish);
        Optional<String> liveMark = liveMark(file.at("marks"));
        var settings = new Settings(
                slack,
                cadence,
                database,
                file.at("public-url").read(url -> Optional.of(Forms.folderUrl(url)), Optional.<URI>empty()),
                publisher(file.at("publisher")),
                publish,
                photos,
                file.at("marks").isSection() || file.at("marks").read(Forms::flag, true),
                new Channels(defaults, liveMark).read(file.at("channels")),
                file.at("metrics-file").read(path -> Optional.of(Forms.path(path)), Optional.<Path>empty()));
        file.nothingElse();
        return settings;
    }

    /** {@code marks} is a flag, or a section that says what public messages bear. */
    private static Optional<String> liveMark(Value marks) {
        if (!marks.isSection()) {
            return Optional.empty();
        }
        Section section = marks.section();
        Optional<String> live =
                section.at("live").read(value -> Optional.of(SlackForms.emoji(value)), Optional.<String>empty());
        section.nothingElse();
        return live;
    }

    private static HouseRules defaults(Section section) {
        HouseRules defaults = HouseRules.read(section, HouseRules.BUILT_IN);
        section.nothingElse();
        return defaults;
    }

    private static SlackAccess slack(Section section) {
        var slack = new SlackAccess(
                section.at("token").required(Forms::secret, "Write ${SLACK_BOT_TOKEN}, and export that."),
                section.at("api-url").read(Forms::guardedUrl, SLACK),
                section.at("app-token").read(value -> Optional.of(Forms.appToken(value)), Optional.<Secret>empty()));
        section.nothingElse();
        return slack;
    }

    private static Cadence cadence(Section file) {
        Value cron = file.at("cron");
        Value every = file.at("every");
        Optional<String> expression = cron.read(Forms::cron, Optional.empty());
        Optional<Duration> pause = every.read(Forms::pause, Optional.of(Duration.ofSeconds(1)));
        if (cron.isText() && every.isText()) {
            cron.problem("stands beside every. Keep one of them.");
        }
        return new Cadence(expression.isPresent() ? Optional.empty() : pause, expression);
    }

    private static Optional<Publisher> publisher(Value value) {
        if (!value.isThere()) {
            return Optional.empty();
        }
        Section section = value.section();
        var publisher = new Publisher(
                section.at("name").required(Forms::someText, "Write who publishes, as readers know it."),
                section.at("logo").read(url -> Optional.of(Forms.url(url)), Optional.<URI>empty()),
                section.at("language").read(Forms::language, "en"));
        section.nothingElse();
        return Optional.of(publisher);
    }

    private static List<StorageSettings> publish(Value publish) {
        if (publish.isEmpty()) {
            publish.problem("is missing. Write at least one place for the files, such as [directory: public].");
        }
        var places = new LinkedHashMap<String, StorageSettings>();
        for (Value item : publish.items()) {
            Storages.read(item).ifPresent(storage -> {
                if (places.putIfAbsent(Storages.place(storage), storage) != null) {
                    item.problem("is the same place as an entry above. Keep one of them.");
                }
            });
        }
        return List.copyOf(places.values());
    }

    private static void refuseToServe(Path database, List<StorageSettings> publish, Value place) {
        boolean isServed = publish.stream()
                .filter(DirectorySettings.class::isInstance)
                .map(storage -> Storages.absolute(((DirectorySettings) storage).directory()))
                .anyMatch(Storages.absolute(database)::startsWith);
        if (isServed) {
            place.problem("lies in a directory that readers are served from. Write a path outside of it.");
        }
    }
}
