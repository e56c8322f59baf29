package org.chatpress.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.model.Slug;
import org.chatpress.slack.SlackReader.ChannelInfo;
import org.chatpress.slackexport.ReplaySlackClient;

/** The settings of a demo: those of the made-up meeting, or settings for the busiest channels of an export. */
final class DemoSettings {
    private static final String MEETING = "/org/chatpress/demo/channels.yml";
    private static final int MAX_CHANNELS = 10;

    private DemoSettings() {}

    /** @param start the start of the replay; becomes {@code since} of the channels */
    static Settings forStory(Path folder, Instant start) {
        try (InputStream in = DemoSettings.class.getResourceAsStream(MEETING)) {
            String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return read(folder, yaml.replaceAll("since: .*", "since: " + since(start)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lists the busiest channels of the export, without approval: old exports contain no reactions. */
    static Settings forExport(Path folder, ReplaySlackClient slack, Instant start) {
        var yaml = new StringBuilder("slack: {token: demo}\npublish: [{directory: public}]\nchannels:\n");
        Set<String> slugs = new HashSet<>();
        List<ChannelInfo> busiest =
                slack.channels().stream().limit(MAX_CHANNELS).toList();
        for (ChannelInfo channel : busiest) {
            yaml.append("  - {id: ").append(channel.id());
            yaml.append(", slug: \"").append(slug(channel, slugs)).append('"');
            yaml.append(", headline: \"").append(headline(channel)).append('"');
            yaml.append(", since: ").append(since(start)).append(", approval: none}\n");
        }
        return read(folder, yaml.toString());
    }

    private static String slug(ChannelInfo channel, Set<String> taken) {
        String name = channel.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        String slug = Slug.isValid(name) && taken.add(name)
                ? name
                : channel.id().value().toLowerCase(Locale.ROOT);
        taken.add(slug);
        return slug;
    }

    private static String headline(ChannelInfo channel) {
        return "#" + channel.name().replaceAll("[^\\p{L}\\p{N} ._-]", "");
    }

    private static String since(Instant start) {
        return start.minus(Duration.ofMinutes(1)).toString();
    }

    private static Settings read(Path folder, String yaml) {
        Path file = folder.resolve("channels.yml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return SettingsLoader.read(file, Map.of());
    }
}
