package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.chatpress.error.RemoteException;
import org.chatpress.model.MirroredImage;
import org.chatpress.slack.SlackClient;
import org.chatpress.support.Overridden;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies of avatars beside the chat, so that pages load nothing from Slack. */
class AvatarsCycleTest extends WithNewsroom {
    private static final String MIRROR = "approval: none, avatars: mirror";

    private final List<String> downloads = new ArrayList<>();
    private RemoteException failure;

    @BeforeEach
    void slackHasAvatars() {
        newsroom.asksSlackThrough(real -> Overridden.of(SlackClient.class, real)
                .with("publicImage", arguments -> picture((String) arguments[0]))
                .get());
    }

    @Test
    void anAvatarIsCopiedOnceAndNoPageLoadsItFromSlack() {
        newsroom.says(MIRROR + ", formats: [html, json-feed]");
        post("polls are closed");
        newsroom.cycle();
        assertThat(image(REPORTER)).isEmpty();

        newsroom.cycle();
        newsroom.cycle();
        post("turnout is high");
        newsroom.cycle();

        assertThat(downloads).hasSize(1);
        assertThat(image(REPORTER)).matches(SLUG + "/photos/[0-9a-f]{12}-48\\.png");
        assertThat(newsroom.storage().keys()).contains(image(REPORTER));
        assertThat(newsroom.storage().blob(image(REPORTER)).orElseThrow().contentType())
                .isEqualTo("image/png");
        assertThat(newsroom.reader().whole().at("/messages/0/user/image_48").asText())
                .isEqualTo(image(REPORTER));
        assertThat(newsroom.storage().text(SLUG + "/index.html")).contains("src=\"../" + image(REPORTER) + "\"");
        assertThat(newsroom.storage().everythingEver()).doesNotContain("slack-edge");
    }

    @Test
    void aCycleWithoutChangesDownloadsNothingAndPublishesNothing() {
        newsroom.says(MIRROR);
        post("polls are closed");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(16));
        newsroom.cycle();
        newsroom.storage().forgetOperations();
        downloads.clear();

        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        newsroom.restart().cycle();

        assertThat(downloads).isEmpty();
        assertThat(newsroom.storage().changes()).isEmpty();
    }

    @Test
    void anAvatarDoesNotWaitForTheOldTimeAfterTheClockIsSetBackByDays() {
        newsroom.says(MIRROR);
        newsroom.clock.advance(Duration.ofDays(3));
        failure = RemoteException.transientFailure("slow", (Throwable) null);
        post("polls are closed");
        newsroom.cycle();
        newsroom.cycle();

        newsroom.clock.advance(Duration.ofDays(-3));
        failure = null;
        newsroom.cycle();
        newsroom.cycle();

        assertThat(image(REPORTER)).startsWith(SLUG + "/photos/");
    }

    @Test
    void withoutTheSettingNoCopiesAreMade() {
        post("polls are closed");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(downloads).isEmpty();
        assertThat(image(REPORTER)).startsWith("https://avatars.slack-edge.com/");
    }

    @Test
    void anAvatarIsDeletedWithItsAuthorsLastMessage() {
        newsroom.says(MIRROR);
        post("polls are closed");
        String ts = newsroom.slack.post(CHANNEL, EDITOR, "Smith wins");
        newsroom.cycle();
        newsroom.cycle();
        String picture = image(EDITOR);
        assertThat(newsroom.storage().keys()).contains(picture);

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(newsroom.storage().keys()).contains(image(REPORTER)).doesNotContain(picture);
        assertThat(newsroom.store().mirroredImages().image(url(EDITOR))).isEmpty();
    }

    @Test
    void anAvatarIsDeletedFromAFullStorageToo() {
        newsroom.says(MIRROR);
        post("polls are closed");
        String ts = newsroom.slack.post(CHANNEL, EDITOR, "Smith wins");
        newsroom.cycle();
        newsroom.cycle();
        String picture = image(EDITOR);
        newsroom.storage().full(true);

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(newsroom.storage().keys()).doesNotContain(picture);
    }

    @Test
    void aNewAvatarReplacesTheOldOne() {
        newsroom.says(MIRROR);
        post("polls are closed");
        newsroom.cycle();
        newsroom.cycle();
        String before = image(REPORTER);

        newsroom.slack.person(REPORTER, "Rosa Reporter").image48("https://avatars.slack-edge.com/2027/new_48.png");
        newsroom.clock.advance(Duration.ofDays(2));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(image(REPORTER)).isNotEmpty().isNotEqualTo(before);
        newsroom.clock.advance(Duration.ofMinutes(16));
        newsroom.cycle();

        assertThat(copies()).containsExactly(image(REPORTER));
    }

    @Test
    void anAvatarThatSlackDoesNotHaveIsRetriedOnceADay() {
        failure = RemoteException.rejected("HTTP 404", null);
        newsroom.says(MIRROR);
        post("polls are closed");
        for (int i = 0; i < 10; i++) {
            newsroom.cycle();
        }
        assertThat(downloads).hasSize(1);
        assertThat(image(REPORTER)).isEmpty();

        failure = null;
        newsroom.clock.advance(Duration.ofDays(1));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(image(REPORTER)).isNotEmpty();
    }

    @Test
    void whileSlackIsDownAnAvatarIsRetriedOnceAMinute() {
        failure = RemoteException.transientFailure("timeout", (Throwable) null);
        newsroom.says(MIRROR);
        post("polls are closed");
        newsroom.slack.post(CHANNEL, EDITOR, "Smith wins");
        newsroom.cycle();
        assertThat(downloads).hasSize(1);

        failure = null;
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(image(REPORTER)).isNotEmpty();
        assertThat(image(EDITOR)).isNotEmpty();
    }

    @Test
    void copiesAreMadeOnceTheSettingIsOnAndDeletedOnceItIsOff() {
        post("polls are closed");
        newsroom.cycle();

        newsroom.says(MIRROR).cycle();
        newsroom.cycle();
        assertThat(copies()).containsExactly(image(REPORTER));

        newsroom.says("approval: none").cycle();
        assertThat(image(REPORTER)).startsWith("https://avatars.slack-edge.com/");
        newsroom.clock.advance(Duration.ofMinutes(16));
        newsroom.cycle();
        assertThat(copies()).isEmpty();
    }

    private MirroredImage picture(String url) {
        downloads.add(url);
        if (failure != null) {
            throw failure;
        }
        return MirroredImage.of(("\u0089PNG\r\n\u001a\n" + url.hashCode()).getBytes(StandardCharsets.ISO_8859_1))
                .orElseThrow();
    }

    private void post(String text) {
        newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    private static String url(String user) {
        return "https://avatars.slack-edge.com/2026-01-01/" + user + "_48.png";
    }

    private String image(String user) {
        String users = newsroom.reader().pointer().path("users").asText();
        return newsroom.reader()
                .file(SLUG + "/" + users)
                .at("/users/" + user + "/image_48")
                .asText();
    }

    private Set<String> copies() {
        return newsroom.storage().keys().stream()
                .filter(key -> key.contains("/photos/"))
                .collect(Collectors.toSet());
    }
}
