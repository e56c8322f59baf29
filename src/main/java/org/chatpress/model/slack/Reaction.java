package org.chatpress.model.slack;

import java.util.List;
import org.chatpress.model.UserId;

/**
 * A reaction to a message. Slack may shorten the list of users, but not the count
 * (https://docs.slack.dev/reference/methods/reactions.get).
 *
 * @param emoji the short name without colons and skin tone
 */
public record Reaction(String emoji, List<UserId> users, int count) {
    public Reaction {
        users = List.copyOf(users);
    }

    /** Whether Slack listed as many users as it counted. */
    public boolean hasAllUsers() {
        return users.size() >= count;
    }
}
