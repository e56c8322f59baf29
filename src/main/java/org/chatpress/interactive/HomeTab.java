package org.chatpress.interactive;

import com.slack.api.model.view.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.chatpress.config.Channel;
import org.chatpress.error.RemoteException;
import org.chatpress.interactive.ChatReader.Counts;
import org.chatpress.interactive.ChatReader.PendingMessage;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.slack.SlackInteractionClient;

/**
 * The App Home: all chats with their counts, and the pending messages for those whom the settings name as approvers. Slack
 * says when a person opens it, but not when it is closed: it is kept up to date for a while after each opening.
 */
final class HomeTab {
    private static final Duration OPEN_FOR = Duration.ofMinutes(30);

    /** Refreshes must leave the calls that the rate limit allows to the review. */
    private static final Duration MAX_AGE_OF_GROUPS = Duration.ofMinutes(5);

    private static final int MAX_OPEN = 50;
    private static final int MAX_CHATS = 40;
    private static final int PENDING_PER_CHAT = 5;

    private final ChatReader chats;
    private final EditorPermissions permissions;
    private final SlackInteractionClient slack;
    private final Map<UserId, Instant> openedAt = new LinkedHashMap<>();

    /** What the last refresh showed to each person; without those who opened it since. */
    private final Map<UserId, Content> shown = new HashMap<>();

    HomeTab(ChatReader chats, EditorPermissions permissions, SlackInteractionClient slack) {
        this.chats = chats;
        this.permissions = permissions;
        this.slack = slack;
    }

    /** Shows a person the current state. */
    void open(UserId user) {
        synchronized (openedAt) {
            openedAt.remove(user);
            openedAt.put(user, chats.now());
            if (openedAt.size() > MAX_OPEN) {
                openedAt.remove(openedAt.keySet().iterator().next());
            }
            // A refresh that runs now may replace this by what it has read before.
            shown.remove(user);
        }
        slack.publishHome(user, view(content(user, EditorPermissions.MAX_AGE, new Chats())));
    }

    /** Shows everyone who opened it lately the current state, if it is another one than the person sees. */
    void refresh() {
        var current = new Chats();
        for (UserId user : openedLately()) {
            Content content = content(user, MAX_AGE_OF_GROUPS, current);
            synchronized (openedAt) {
                if (content.equals(shown.get(user))) {
                    continue;
                }
            }
            publish(user, content);
        }
    }

    private List<UserId> openedLately() {
        synchronized (openedAt) {
            Instant now = chats.now();
            openedAt.values()
                    .removeIf(at -> at.isAfter(now) || at.plus(OPEN_FOR).isBefore(now));
            shown.keySet().retainAll(openedAt.keySet());
            return List.copyOf(openedAt.keySet());
        }
    }

    /** The next refresh repeats a call that failed. A person who has left the workspace is left out from now on. */
    private void publish(UserId user, Content content) {
        try {
            slack.publishHome(user, view(content));
            synchronized (openedAt) {
                shown.put(user, content);
            }
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                synchronized (openedAt) {
                    openedAt.remove(user);
                }
            }
        }
    }

    /**
     * What a person sees.
     *
     * @param hasMore whether there are more chats than the tab has room for
     */
    private record Content(List<String> failingStorages, List<Chat> chats, boolean hasMore) {}

    /** @param pending empty unless the person is an approver; at most {@link #PENDING_PER_CHAT} */
    private record Chat(String title, String state, Counts counts, List<PendingMessage> pending) {}

    /** The chats as they are now, read once for all who see them: the counts of a chat take a scan of its messages. */
    private final class Chats {
        private final List<String> failingStorages = chats.failingStorages();
        private final Map<ChannelId, Counts> counts = new HashMap<>();
        private final Map<ChannelId, List<PendingMessage>> pending = new HashMap<>();

        Counts counts(Channel channel) {
            return counts.computeIfAbsent(channel.id(), id -> chats.counts(channel));
        }

        List<PendingMessage> pending(Channel channel) {
            return pending.computeIfAbsent(channel.id(), id -> chats.pending(channel, PENDING_PER_CHAT, 0));
        }
    }

    private Content content(UserId user, Duration maxAgeOfGroups, Chats current) {
        List<Channel> channels = chats.channels();
        var visible = new ArrayList<Chat>();
        for (Channel channel : channels.subList(0, Math.min(MAX_CHATS, channels.size()))) {
            boolean isApprover =
                    permissions.isNamedApprover(user, channel.approval().rule(), maxAgeOfGroups);
            if (!channel.publishing().hidden() || isApprover) {
                visible.add(new Chat(
                        chats.title(channel),
                        chats.state(channel),
                        current.counts(channel),
                        isApprover ? current.pending(channel) : List.of()));
            }
        }
        return new Content(current.failingStorages, visible, channels.size() > MAX_CHATS);
    }

    private View view(Content content) {
        BlockBuilder blocks = BlockBuilder.forView().header("Live chats").lines(content.failingStorages());
        for (Chat chat : content.chats()) {
            blocks.section("*" + BlockBuilder.escaped(chat.title(), 200) + "*\n" + chat.state() + "\n" + chat.counts());
            blocks.lines(chat.pending().stream().map(chats::line).toList());
        }
        if (content.hasMore()) {
            blocks.context("There are more chats. `/livechat` in a channel shows its chat.");
        }
        return View.builder().type("home").blocks(blocks.build()).build();
    }
}
