package org.chatpress.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.slack.SlackReader.ChannelInfo;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.slackexport.ReplaySlackClient;

/** The settings of a demo: those of the made-up meeting, or settings for the busiest channels of an export. */
final class DemoSettings {
    private static final String MEETING = "/org/chatpress/demo/channels.yml";
    private static final int MAX_CHANNELS = 10;
    private static final int START_HOUR = 19;
    private static final ChannelId MEETING_CHANNEL = new ChannelId("C07LARKMEET");
    private static final UserId KEIKO = new UserId("U07K8KYMN4W");
    private static final UserId RUTH = new UserId("U06C3RCST9Z");
    private static final String TOUR_MESSAGE = "The gavel is missing. Mayor Brandt last saw it on the windowsill,"
            + " beside a gull. The council votes by *show of hands* until one of them returns.";

    private DemoSettings() {}

    /** @param start the start of the replay; becomes {@code since} of the channels */
    static Settings forStory(Path folder, Instant start) {
        try (InputStream in = DemoSettings.class.getResourceAsStream(MEETING)) {
            String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return read(
                    folder,
                    yaml.replaceAll("since: .*", "since: " + since(start))
                            .replaceAll("time-zone: .*", "time-zone: " + zoneOfEvening(start)));
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

    /** In the meeting, the visitor writes as a reporter, approves as an editor, and finds a message for the tour. */
    static DemoNewsroom.Visitor visitorOfStory(ReplaySlackClient slack) {
        MessageTs tour = slack.post(MEETING_CHANNEL, KEIKO, TOUR_MESSAGE);
        return new DemoNewsroom.Visitor(KEIKO, RUTH, Optional.of(tour));
    }

    /** In an export, the visitor does not act as another user. */
    static DemoNewsroom.Visitor visitorOfExport(ReplaySlackClient slack) {
        var you = new UserProfile(new UserId("U0VISITOR"), "You", "", "", false);
        slack.addUser(you);
        return new DemoNewsroom.Visitor(you.id(), you.id(), Optional.empty());
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

    /** A zone in which it is about eight in the evening, as in the words of the reporters. */
    private static String zoneOfEvening(Instant now) {
        int utcHour = now.atOffset(ZoneOffset.UTC).getHour();
        int hoursEast = Math.floorMod(START_HOUR - utcHour + 12, 24) - 12;
        // The signs of these zones are reversed: Etc/GMT+5 is five hours west of Greenwich.
        return "Etc/GMT" + (hoursEast > 0 ? "-" : "+") + Math.abs(hoursEast);
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
