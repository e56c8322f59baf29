package org.chatpress.interactive;

import com.slack.api.model.block.LayoutBlock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.chatpress.config.Channel;
import org.chatpress.interactive.ChatReader.PendingMessage;
import org.chatpress.model.ChannelId;
import org.chatpress.slack.Interaction;

/**
 * Answers {@code /livechat}: the state of the channel's chat, and what is pending. Slack offers a command only to those who
 * are in the channel, so they may see its messages.
 */
final class SlashCommand {
    private static final int IN_STATUS = 10;
    private static final int PER_PAGE = 30;

    private static final String HELP = """
            `/livechat` shows the state of this channel's chat, and the ten oldest pending messages.
            `/livechat pending` lists all pending messages; `/livechat pending 2` is the second page.
            `/livechat help` shows this.
            In the menu of a message, *Why isn't it public?* explains its state, and *Edit for readers* changes what readers \
            see of it. The app's Home tab shows all chats.""";

    private final ChatReader chats;

    SlashCommand(ChatReader chats) {
        this.chats = chats;
    }

    List<LayoutBlock> answer(Interaction command) {
        Optional<Channel> channel = command.channel().flatMap(chats::channel);
        String[] words = command.text().split("\\s+", -1);
        if (words[0].equalsIgnoreCase("help")) {
            return BlockBuilder.forMessage().section(HELP).build();
        }
        if (channel.isEmpty()) {
            return unlisted(command.channel());
        }
        return switch (words[0]) {
            case "" -> status(channel.get());
            case "pending" -> pending(channel.get(), words.length > 1 ? page(words[1]) : 1);
            default -> BlockBuilder.forMessage().section(HELP).build();
        };
    }

    /** What to write into channels.yml. */
    List<LayoutBlock> unlisted(Optional<ChannelId> channel) {
        if (channel.isEmpty()) {
            return BlockBuilder.forMessage().section(HELP).build();
        }
        return BlockBuilder.forMessage()
                .section("This channel is not a live chat. Its id is `" + channel.get()
                        + "`. To make it one, invite the app and add these lines to `channels.yml`, under `channels:`")
                .section("""
                        ```
                          - id: %s
                            slug: election-night
                            since: %s
                            headline: Election night, live
                        ```""".formatted(channel.get(), chats.now().truncatedTo(ChronoUnit.MINUTES)))
                .context("`slug` is the chat's name in URLs. Nothing older than `since` is ever published.")
                .build();
    }

    private List<LayoutBlock> status(Channel channel) {
        ChatReader.Counts counts = chats.counts(channel);
        BlockBuilder blocks = BlockBuilder.forMessage()
                .header(chats.title(channel))
                .section(chats.state(channel) + "\n" + counts)
                .lines(chats.failingStorages());
        List<PendingMessage> oldest = chats.pending(channel, IN_STATUS, 0);
        if (!oldest.isEmpty()) {
            blocks.section("*Pending, oldest first*").lines(lines(oldest));
        }
        return blocks.context(
                        "`/livechat pending` lists all pending messages, `/livechat help` says what else there is.")
                .build();
    }

    private List<LayoutBlock> pending(Channel channel, int page) {
        List<PendingMessage> found = chats.pending(channel, PER_PAGE + 1, (page - 1) * PER_PAGE);
        if (found.isEmpty()) {
            return BlockBuilder.forMessage()
                    .section(page == 1 ? "No message is pending." : "There is no page " + page + ".")
                    .build();
        }
        List<PendingMessage> shown = found.subList(0, Math.min(PER_PAGE, found.size()));
        BlockBuilder blocks =
                BlockBuilder.forMessage().section("*Pending, oldest first*").lines(lines(shown));
        if (found.size() > PER_PAGE) {
            blocks.context("There are more: `/livechat pending " + (page + 1) + "`");
        }
        return blocks.build();
    }

    private List<String> lines(List<PendingMessage> messages) {
        return messages.stream().map(chats::line).toList();
    }

    private static int page(String text) {
        return text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : 1;
    }
}
