package org.chatpress.slack;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.SectionBlock;
import com.slack.api.model.block.composition.PlainTextObject;
import com.slack.api.model.view.View;
import com.slack.api.util.json.GsonFactory;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Secret;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Note;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.slack.RateLimiter.SlackMethod;

/**
 * Answers interactions: opens forms, publishes the App Home, posts what only one person sees, and posts notes. Fails like
 * {@link SlackReader}. It has connections of its own, so that an answer never waits for a cycle. Thread-safe.
 */
public final class SlackInteractionClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Gson GSON = GsonFactory.createSnakeCase();

    private final WebApiTransport web;
    private final URI apiUrl;
    private volatile Optional<URI> workspace = Optional.empty();

    /**
     * Opens no connection yet.
     *
     * @param apiUrl {@code https://slack.com/api/}, except in tests
     */
    public SlackInteractionClient(Secret token, URI apiUrl, RateLimiter limiter, Clock clock, ProxySettings proxy) {
        this.web = new WebApiTransport(token, apiUrl, limiter, clock, proxy, TIMEOUT);
        this.apiUrl = apiUrl;
    }

    /** A view as Slack expects it, for the acknowledgement of a form. */
    public static String json(View view) {
        return GSON.toJson(view);
    }

    /** Opens a form for the person who made the request. */
    public void openForm(Interaction request, View form) {
        web.call(SlackMethod.OPEN_VIEW, "", Map.of("trigger_id", request.triggerId(), "view", json(form)))
                .orThrow();
    }

    /** Shows a person an App Home that is filled when it is opened; fails with a hint if the app has none. */
    public void checkHome(UserId user) {
        var text = PlainTextObject.builder()
                .text("Open this tab again to see the chats.")
                .emoji(false)
                .build();
        publishHome(
                user,
                View.builder()
                        .type("home")
                        .blocks(List.of(SectionBlock.builder().text(text).build()))
                        .build());
    }

    /** Replaces a person's App Home. */
    public void publishHome(UserId user, View home) {
        web.call(SlackMethod.PUBLISH_VIEW, user.value(), Map.of("user_id", user.value(), "view", json(home)))
                .orThrow();
    }

    /**
     * Posts a message that only the person who made the request sees, at most once for each request.
     *
     * @param text for notifications, in plain text
     */
    public void respond(Interaction request, String text, List<LayoutBlock> blocks) {
        Optional<URI> url = request.responseUrl().filter(to -> isSlack(to, apiUrl));
        if (url.isPresent()) {
            var body = new JsonObject();
            body.addProperty("response_type", "ephemeral");
            body.addProperty("text", SlackEscapes.escape(text));
            body.add("blocks", GSON.toJsonTree(blocks));
            web.postJson(url.get(), "response_url", body.toString());
        } else if (request.channel().isPresent()) {
            postEphemeral(request.channel().get(), request.user(), text, blocks);
        }
    }

    private void postEphemeral(ChannelId channel, UserId user, String text, List<LayoutBlock> blocks) {
        web.call(
                        SlackMethod.POST_EPHEMERAL,
                        channel.value(),
                        Map.of(
                                "channel",
                                channel.value(),
                                "user",
                                user.value(),
                                "text",
                                SlackEscapes.escape(text),
                                "blocks",
                                GSON.toJson(blocks)))
                .orThrow();
    }

    /**
     * Posts a note as a reply. Not idempotent.
     *
     * @param text says in plain words what the note changes
     */
    public void postNote(ChannelId channel, MessageTs root, String text, Note note) {
        var metadata = new JsonObject();
        metadata.addProperty("event_type", SlackMessage.NOTE);
        var payload = new JsonObject();
        payload.addProperty("by", note.by().value());
        payload.add("keys", GSON.toJsonTree(note.keys()));
        metadata.add("event_payload", payload);
        web.call(
                        SlackMethod.POST_MESSAGE,
                        channel.value() + " " + root,
                        Map.of(
                                "channel",
                                channel.value(),
                                "thread_ts",
                                root.value(),
                                "text",
                                SlackEscapes.escape(text),
                                "metadata",
                                metadata.toString(),
                                // Neither names nor URLs in the text become links, and asterisks stay asterisks.
                                "parse",
                                "none",
                                "link_names",
                                "false",
                                "mrkdwn",
                                "false",
                                "unfurl_links",
                                "false",
                                "unfurl_media",
                                "false"))
                .orThrow();
    }

    /** The URL of a message in Slack. Asks Slack once for the workspace's own; empty if that fails. */
    public Optional<URI> permalink(ChannelId channel, MessageTs ts) {
        return workspace()
                .map(url ->
                        url.resolve("/archives/" + channel + "/p" + ts.value().replace(".", "")));
    }

    private Optional<URI> workspace() {
        if (workspace.isEmpty()) {
            try {
                String url = web.call(SlackMethod.IDENTITY, "", Map.of())
                        .orThrow()
                        .body()
                        .path("url")
                        .asText("");
                workspace = Optional.of(url)
                        .filter(text -> text.matches("https://[a-z0-9.-]+/"))
                        .map(URI::create);
            } catch (RemoteException e) {
                return Optional.empty();
            }
        }
        return workspace;
    }

    /** True for Slack's own hosts, which alone learn what an answer says; in tests, for that of the API. */
    static boolean isSlack(URI url, URI apiUrl) {
        String host = String.valueOf(url.getHost());
        boolean isSlacks = "https".equals(url.getScheme()) && host.matches("([a-z0-9-]+\\.)*slack\\.com");
        return isSlacks || (host.equals(apiUrl.getHost()) && apiUrl.getScheme().equals(url.getScheme()));
    }

    @Override
    public void close() {
        web.close();
    }
}
