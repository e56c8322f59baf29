package org.chatpress.interactive;

import com.slack.api.model.view.View;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.chatpress.config.Channel;
import org.chatpress.error.RemoteException;
import org.chatpress.interactive.ChatReader.Counts;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.slack.SlackInteractionClient;

/**
 * The App Home: all chats with their counts, and the pending messages for those whom the settings name as approvers. Slack
 * says when a person opens it, but not when it is closed: it is kept up to date for a while after each opening.
 */
final class HomeTab {
    private static final Duration OPEN_FOR = Duration.ofMinutes(30);
    private static final int MAX_OPEN = 50;
    private static final int MAX_CHATS = 40;
    private static final int PENDING_PER_CHAT = 5;

    private final ChatReader chats;
    private final EditorPermissions permissions;
    private final SlackInteractionClient slack;
    private final Map<UserId, Instant> openedAt = new LinkedHashMap<>();
    private Map<ChannelId, Counts> shown = Map.of();

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
        }
        slack.publishHome(user, view(user, new HashMap<>()));
    }

    /** Shows everyone who opened it lately the current state, if a count has changed since this was last called. */
    void refresh() {
        List<UserId> users;
        synchronized (openedAt) {
            Instant now = chats.now();
            openedAt.values()
                    .removeIf(at -> at.isAfter(now) || at.plus(OPEN_FOR).isBefore(now));
            users = List.copyOf(openedAt.keySet());
        }
        if (users.isEmpty()) {
            return;
        }
        var counts = new HashMap<ChannelId, Counts>();
        chats.channels().forEach(channel -> counts.put(channel.id(), chats.counts(channel)));
        if (!counts.equals(shown) && publish(users, counts)) {
            shown = counts;
        }
    }

    /** Returns false if a call is to be made again. A person who has left the workspace is left out from now on. */
    private boolean publish(List<UserId> users, Map<ChannelId, Counts> counts) {
        boolean isDone = true;
        for (UserId user : users) {
            try {
                slack.publishHome(user, view(user, counts));
            } catch (RemoteException e) {
                if (e.kind() == RemoteException.Kind.REJECTED) {
                    synchronized (openedAt) {
                        openedAt.remove(user);
                    }
                } else {
                    isDone = false;
                }
            }
        }
        return isDone;
    }

    /** @param counts those that are known; the others are read and added, because each takes a scan of a chat's messages */
    private View view(UserId user, Map<ChannelId, Counts> counts) {
        BlockBuilder blocks = BlockBuilder.forView().header("Live chats").lines(chats.failingStorages());
        List<Channel> channels = chats.channels();
        for (Channel channel : channels.subList(0, Math.min(MAX_CHATS, channels.size()))) {
            boolean isApprover =
                    permissions.isNamedApprover(user, channel.approval().rule());
            if (!channel.publishing().hidden() || isApprover) {
                addChat(blocks, channel, counts.computeIfAbsent(channel.id(), id -> chats.counts(channel)), isApprover);
            }
        }
        if (channels.size() > MAX_CHATS) {
            blocks.context("There are more chats. `/livechat` in a channel shows its chat.");
        }
        return View.builder().type("home").blocks(blocks.build()).build();
    }

    private void addChat(BlockBuilder blocks, Channel channel, Counts counts, boolean isApprover) {
        blocks.section(
                "*" + BlockBuilder.escaped(chats.title(channel), 200) + "*\n" + chats.state(channel) + "\n" + counts);
        if (isApprover && counts.pending() > 0) {
            blocks.lines(chats.pending(channel, PENDING_PER_CHAT, 0));
        }
    }
}
