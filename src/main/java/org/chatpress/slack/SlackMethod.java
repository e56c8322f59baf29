package org.chatpress.slack;

/**
 * The Web API methods that we call, and how many calls of each we allow ourselves in any minute: nine tenths of what
 * Slack promises, since its minute and ours don't start together. Slack's promises are 20 (tier 2), 50 (tier 3) and 100
 * (tier 4) a minute for each method, app and workspace (https://docs.slack.dev/apis/web-api/rate-limits).
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
    // Slack promises one a second in each channel; whoever posts sees to that.
    POST_MESSAGE("chat.postMessage", 45),
    CONNECT("apps.connections.open", 18),
    // Slack promises "hundreds" here; we ask once a start.
    IDENTITY("auth.test", 45);

    private final String slackName;
    private final int callsPerMinute;

    SlackMethod(String slackName, int callsPerMinute) {
        this.slackName = slackName;
        this.callsPerMinute = callsPerMinute;
    }

    /** As Slack writes it, {@code conversations.history}. */
    String slackName() {
        return slackName;
    }

    int callsPerMinute() {
        return callsPerMinute;
    }
}
