package org.chatpress.model.slack;

import java.util.List;
import org.chatpress.model.UserId;

/**
 * An emoji under a message and who put it there. Slack may shorten the list of users, never the count
 * (https://docs.slack.dev/reference/methods/reactions.get).
 *
 * @param emoji the short name without colons and without a skin tone
 */
public record Reaction(String emoji, List<UserId> users, int count) {
    public Reaction {
        users = List.copyOf(users);
    }

    /** False when Slack counted more people than it named. */
    public boolean hasAllUsers() {
        return users.size() >= count;
    }
}
