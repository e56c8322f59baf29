package org.chatpress.slack;

/**
 * The Web API methods in use, and the calls of each that are allowed in any minute: nine tenths of Slack's limits, since
 * Slack's minutes do not begin with ours. The limits are 20 (tier 2), 50 (tier 3) and 100 (tier 4) calls per minute, for
 * each method, app and workspace (https://docs.slack.dev/apis/web-api/rate-limits).
 */
public enum SlackMethod {
    HISTORY("conversations.history", 45),
    REPLIES("conversations.replies", 45),
    REACTIONS("reactions.get", 45),
    CHANNEL("conversations.info", 45),
    USER("users.info", 90),
    GROUP("usergroups.users.list", 18),
    FILE("files.info", 90),
    EMOJI("emoji.list", 18),
    ADD_REACTION("reactions.add", 45),
    REMOVE_REACTION("reactions.remove", 18),
    // Slack also allows only one message per second and channel; the caller keeps to that.
    POST_MESSAGE("chat.postMessage", 45),
    CONNECT("apps.connections.open", 18),
    // Slack allows "hundreds"; one call per start is enough.
    IDENTITY("auth.test", 45);

    private final String slackName;
    private final int callsPerMinute;

    SlackMethod(String slackName, int callsPerMinute) {
        this.slackName = slackName;
        this.callsPerMinute = callsPerMinute;
    }

    /** The name in Slack's documentation, such as {@code conversations.history}. */
    String slackName() {
        return slackName;
    }

    int callsPerMinute() {
        return callsPerMinute;
    }
}
