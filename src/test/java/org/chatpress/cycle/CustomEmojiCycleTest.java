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
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.model.MirroredImage;
import org.chatpress.slack.SlackClient;
import org.chatpress.support.Overridden;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The workspace's custom emoji in messages: copies of their images once those are published, names until then. */
class CustomEmojiCycleTest extends WithNewsroom {
    private static final String PARROT = "https://emoji.slack-edge.com/T0NEWSROOM/parrot/1a2b.gif";
    private static final String LOGO = "https://emoji.slack-edge.com/T0NEWSROOM/logo/3c4d.png";
    private static final String SITE = "public-url: https://static.example/chats/";

    private final List<String> downloads = new ArrayList<>();
    private RemoteException failure;

    @BeforeEach
    void slackHasEmoji() {
        newsroom.slack.emoji("party_parrot", PARROT);
        newsroom.slack.emoji("logo", LOGO);
        newsroom.saysAtTheTop(SITE);
        newsroom.asksSlackThrough(real -> Overridden.of(SlackClient.class, real)
                .with("publicImage", arguments -> picture((String) arguments[0]))
                .get());
    }

    @Test
    void aCopyMadeByALostDatabaseIsDeletedWithItsMessage() {
        String ts = post("what a night :party_parrot:");
        post("turnout is high");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().keys()).anyMatch(key -> key.contains("-emoji."));

        newsroom.losesItsDatabase();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(20));
        newsroom.cycle();

        assertThat(newsroom.storage().keys()).noneMatch(key -> key.contains("-emoji."));
    }

    @Test
    void anEmojiIsANameUntilItsCopyIsPublished() {
        post("what a night :party_parrot:");
        newsroom.cycle();
        assertThat(html(0)).isEqualTo("<p>what a night :party_parrot:</p>");

        newsroom.cycle();

        assertThat(html(0))
                .matches("<p>what a night <img class=\"emoji\" alt=\":party_parrot:\""
                        + " src=\"https://static\\.example/chats/" + SLUG
                        + "/photos/[0-9a-f]{12}-emoji\\.png\"( /)?></p>");
        assertThat(newsroom.reader().whole().at("/messages/0/text").asText()).isEqualTo("what a night :party_parrot:");
        assertThat(copies()).hasSize(1).allMatch(html(0)::contains);
        assertThat(downloads).as("only emoji that messages use").containsExactly(PARROT);
        assertThat(newsroom.storage().everythingEver()).doesNotContain("emoji.slack-edge");
    }

    @Test
    void anEmojiWithACopyIsShownAtOnceAndDownloadedOnce() {
        post(":party_parrot:");
        newsroom.cycle();
        newsroom.cycle();

        post("again :party_parrot:");
        newsroom.cycle();

        assertThat(html(0)).contains("<img");
        assertThat(downloads).hasSize(1);
        assertThat(listed()).isEqualTo(1);
    }

    @Test
    void aliasesResolveToImagesAndToCharacters() {
        newsroom.slack.emoji("birdie", "alias:polly");
        newsroom.slack.emoji("polly", "alias:party_parrot");
        newsroom.slack.emoji("hurray", "alias:tada");
        post(":birdie: :hurray:");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(html(0)).contains("alt=\":birdie:\"").contains("\uD83C\uDF89");
    }

    @Test
    void anEmojiInAReplyIsDeletedWithTheReply() {
        newsroom.says("approval: none, threads: publish");
        String root = post("polls are closed");
        String reply = newsroom.slack.reply(CHANNEL, root, EDITOR, "at last :party_parrot:");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader().whole().at("/messages/0/replies/0/html").asText())
                .contains("<img");
        assertThat(copies()).hasSize(1);

        newsroom.slack.delete(CHANNEL, reply);
        newsroom.clock.advance(Duration.ofMinutes(16));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(copies()).isEmpty();
    }

    @Test
    void anImageIsDeletedWithTheLastMessageThatShowsItFromAFullStorageToo() {
        String first = post(":party_parrot: one");
        String second = post(":party_parrot: two");
        String third = post(":logo:");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(copies()).hasSize(2);

        newsroom.slack.delete(CHANNEL, first);
        newsroom.cycle();
        assertThat(copies()).hasSize(2);
        newsroom.slack.delete(CHANNEL, second);
        newsroom.cycle();

        assertThat(copies()).hasSize(1).allMatch(html(0)::contains);
        assertThat(newsroom.store().mirroredImages().image(PARROT)).isEmpty();

        newsroom.storage().full(true);
        newsroom.slack.delete(CHANNEL, third);
        newsroom.cycle();
        assertThat(copies()).isEmpty();
    }

    @Test
    void withoutAPublicUrlNothingIsDownloadedAndNamesStay() {
        newsroom.saysAtTheTop("");
        post(":party_parrot:");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(downloads).isEmpty();
        assertThat(html(0)).isEqualTo("<p>:party_parrot:</p>");

        newsroom.saysAtTheTop(SITE);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(html(0)).contains("https://static.example/chats/");

        newsroom.saysAtTheTop("public-url: https://elsewhere.example/");
        newsroom.cycle();
        assertThat(html(0))
                .contains("https://elsewhere.example/" + copies().iterator().next());
    }

    @Test
    void aRenamedChatShowsItsEmojiFromTheNewFolder() {
        post(":party_parrot:");
        newsroom.cycle();
        newsroom.cycle();

        newsroom.lists(TestNewsroom.channel(CHANNEL, "results", "approval: none"));
        newsroom.cycle();

        String html = newsroom.reader("memory", "results")
                .whole()
                .at("/messages/0/html")
                .asText();
        assertThat(html).contains("/chats/results/photos/");
        assertThat(copies()).anyMatch(html::contains);
    }

    @Test
    void theListIsFetchedAgainForNewNamesAfterTenMinutesAndInAnyCaseAfterAnHour() {
        post(":party_parrot: :unheard_of:");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(listed()).isEqualTo(1);

        post(":brand_new:");
        newsroom.cycle();
        assertThat(listed()).isEqualTo(1);
        newsroom.slack.emoji("brand_new", LOGO);
        newsroom.clock.advance(Duration.ofMinutes(10));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(listed()).isEqualTo(2);
        assertThat(html(0)).contains("<img");

        newsroom.slack.emoji("unheard_of", LOGO);
        newsroom.clock.advance(Duration.ofMinutes(50));
        newsroom.cycle();
        assertThat(listed()).isEqualTo(2);
        newsroom.clock.advance(Duration.ofMinutes(10));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(listed()).isEqualTo(3);
        assertThat(html(1)).contains("alt=\":unheard_of:\"");
    }

    @Test
    void aReplacedEmojiIsShownWithItsNewImage() {
        post(":party_parrot:");
        newsroom.cycle();
        newsroom.cycle();
        String before = html(0);

        newsroom.slack.emoji("party_parrot", "alias:logo");
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        newsroom.cycle();
        assertThat(html(0)).contains("<img").isNotEqualTo(before);
        newsroom.clock.advance(Duration.ofMinutes(16));
        newsroom.cycle();

        assertThat(copies()).hasSize(1).allMatch(html(0)::contains);
    }

    @Test
    void withoutTheScopeNamesStayAndNothingElseFails() {
        newsroom.slack.removeScope("emoji:read");
        post(":party_parrot:");
        CycleReport report = newsroom.cycle();
        newsroom.cycle();

        assertThat(report.incidents()).isEmpty();
        assertThat(listed()).isEqualTo(1);
        assertThat(html(0)).isEqualTo("<p>:party_parrot:</p>");
    }

    @Test
    void anEmojiThatCannotBeDownloadedStaysAName() {
        failure = RemoteException.rejected("too large", null);
        post(":party_parrot:");
        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
        }

        assertThat(downloads).hasSize(1);
        assertThat(html(0)).isEqualTo("<p>:party_parrot:</p>");
        assertThat(copies()).isEmpty();
    }

    @Test
    void hostileUrlsAreNeverRequested() {
        newsroom.slack.emoji("elsewhere", "https://evil.example/a.png");
        newsroom.slack.emoji("plain", "http://emoji.slack-edge.com/T0/a.png");
        newsroom.slack.emoji("inside", "http://169.254.169.254/latest/meta-data");
        newsroom.slack.emoji("alike", "https://emoji.slack-edge.com.evil.example/a.png");
        newsroom.slack.emoji("user", "https://emoji.slack-edge.com@evil.example/a.png");
        newsroom.slack.emoji("data", "data:image/png;base64,AAAA");
        newsroom.slack.emoji("script", "javascript:alert(1)");
        newsroom.slack.emoji("markup", "alias:\"><script>alert(1)</script>");
        newsroom.slack.emoji("self", "alias:self");
        newsroom.slack.emoji("ping", "alias:pong");
        newsroom.slack.emoji("pong", "alias:ping");
        newsroom.slack.emoji("huge", "https://emoji.slack-edge.com/" + "a".repeat(1_000_000));
        for (int i = 0; i < 1000; i++) {
            newsroom.slack.emoji("link" + i, "alias:link" + (i + 1));
        }
        String text = ":elsewhere: :plain: :inside: :alike: :user: :data: :script: :markup: :self: :ping: :pong: :huge:"
                + " :link0:";
        post(text);
        newsroom.cycle();
        newsroom.cycle();

        assertThat(html(0)).isEqualTo("<p>" + text + "</p>");
        assertThat(downloads).isEmpty();
        assertThat(copies()).isEmpty();
    }

    @Test
    void aCycleWithoutChangesDownloadsNothingAndPublishesNothing() {
        post(":party_parrot: :unheard_of:");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(16));
        newsroom.cycle();
        newsroom.storage().forgetOperations();

        newsroom.clock.advance(Duration.ofMinutes(20));
        newsroom.cycle();
        newsroom.restart().cycle();

        assertThat(newsroom.storage().changes()).isEmpty();
        assertThat(downloads).hasSize(1);
        assertThat(listed()).isEqualTo(1);
    }

    private MirroredImage picture(String url) {
        downloads.add(url);
        if (failure != null) {
            throw failure;
        }
        return MirroredImage.of(("\u0089PNG\r\n\u001a\n" + url.hashCode()).getBytes(StandardCharsets.ISO_8859_1))
                .orElseThrow();
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    /** @param message 0: the newest */
    private String html(int message) {
        return newsroom.reader().whole().at("/messages/" + message + "/html").asText();
    }

    private int listed() {
        return newsroom.slackServer.calls("emoji.list");
    }

    private Set<String> copies() {
        return newsroom.storage().keys().stream()
                .filter(key -> key.contains("/photos/"))
                .collect(Collectors.toSet());
    }
}
