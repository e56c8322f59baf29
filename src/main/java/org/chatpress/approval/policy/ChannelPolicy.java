package org.chatpress.approval.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;

/**
 * Everything in a channel's settings that decides whether a message may be seen.
 *
 * @param since nothing older counts
 * @param bots bots whose messages count
 * @param privatePrefix empty: no such prefix
 * @param withdrawn messages that the settings take down
 * @param delay a message is not public before its ts plus this
 * @param photos whether photos are shown: where they are not, a message of photos alone has nothing to show
 * @param replies whether replies in threads may be seen, under the message that they answer
 * @param annotations what editors may say beside approving
 * @param closedAt messages posted later are not published; empty while the chat is open
 */
public record ChannelPolicy(
        ApprovalRule approval,
        Instant since,
        Set<UserId> bots,
        String privatePrefix,
        Set<MessageTs> withdrawn,
        Duration delay,
        boolean photos,
        boolean replies,
        AnnotationRules annotations,
        Optional<Instant> closedAt) {
    public ChannelPolicy {
        bots = Set.copyOf(bots);
        withdrawn = Set.copyOf(withdrawn);
    }

    /** The emoji whose owners must be known in full. */
    public boolean usesEmoji(String emoji) {
        return approval.emoji().contains(emoji)
                || approval.reject().contains(emoji)
                || approval.hold().contains(emoji)
                || annotations.isEmoji(emoji);
    }
}
