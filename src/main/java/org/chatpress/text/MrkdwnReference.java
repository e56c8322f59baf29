package org.chatpress.text;

import java.util.Locale;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.text.MessageText.Names;
import org.chatpress.text.MrkdwnSpan.Link;
import org.chatpress.text.MrkdwnSpan.Mention;
import org.chatpress.text.MrkdwnSpan.Text;

/**
 * Reads what Slack puts between angle brackets: links, people, channels, groups, dates. An id never shows, and neither
 * does the name that Slack gives a channel or group: it may be private.
 */
final class MrkdwnReference {
    private final Names names;
    private final Emoji emoji;

    MrkdwnReference(Names names, Emoji emoji) {
        this.names = names;
        this.emoji = emoji;
    }

    /** Reads one reference, given without its brackets; it has a character at least. */
    MrkdwnSpan span(String reference) {
        int bar = reference.indexOf('|');
        String target = bar < 0 ? reference : reference.substring(0, bar);
        String label = bar < 0 ? "" : oneLine(reference.substring(bar + 1));
        return switch (reference.charAt(0)) {
            case '@' -> new Mention(personName(target.substring(1)));
            case '#' -> new Text("#" + channelName(target.substring(1)));
            case '!' -> new Text(command(target.substring(1).toLowerCase(Locale.ROOT), label));
            default -> link(oneLine(target), label);
        };
    }

    private String personName(String id) {
        return known(UserId.isValid(id) ? names.person(new UserId(id)) : Optional.empty(), "someone");
    }

    private String channelName(String id) {
        return known(ChannelId.isValid(id) ? names.channel(new ChannelId(id)) : Optional.empty(), "channel");
    }

    private static String known(Optional<String> name, String neutral) {
        return name.map(CleanHtmlCharacters::visible)
                .map(visible -> visible.replace('\n', ' ').strip())
                .filter(visible -> !visible.isEmpty())
                .orElse(neutral);
    }

    private String command(String command, String label) {
        if (command.startsWith("subteam^")) {
            return "@group";
        }
        return switch (command) {
            case "here", "channel", "everyone" -> "@" + command;
            // A date's label is its fallback, made by the sender to be readable as it stands.
            default -> shown(label);
        };
    }

    private MrkdwnSpan link(String address, String label) {
        boolean workspace = MrkdwnAddress.showsWorkspace(address);
        String shown =
                !label.isEmpty() ? shown(label) : workspace ? MrkdwnAddress.NEUTRAL : MrkdwnAddress.label(address);
        return MrkdwnAddress.linkable(address)
                .filter(safe -> !shown.isEmpty())
                .<MrkdwnSpan>map(safe -> new Link(safe, shown))
                .orElseGet(() -> new Text(shown));
    }

    private String shown(String label) {
        return emoji.charactersIn(MrkdwnAddress.withoutWorkspaces(label));
    }

    private static String oneLine(String escaped) {
        return MrkdwnEntities.decoded(escaped).replace('\n', ' ').strip();
    }
}
