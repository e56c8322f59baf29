package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.chatpress.support.FakeFile;
import org.chatpress.support.Pictures;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thread commands by which approvers and the author describe the photos of a message. */
class PhotoCommandsCycleTest extends WithNewsroom {
    private static final String COLLEAGUE = "U0COLLEAGUE";
    private static final FakeFile HALL =
            FakeFile.jpeg("F0HALL", Pictures.photo(40, 30)).saying("in Slack's words");
    private static final FakeFile DOOR =
            FakeFile.jpeg("F0DOOR", Pictures.photo(30, 40)).saying("a door");

    private String root;

    @BeforeEach
    void twoPhotosArePublic() {
        newsroom.saysAtTheTop("photos: {beside-the-chat: true, max-width: 200}");
        newsroom.says(approval("") + ", threads: publish");
        newsroom.slack.person(COLLEAGUE, "Cora Colleague");
        root = newsroom.slack.upload(CHANNEL, REPORTER, "polls are closed", HALL, DOOR);
        newsroom.slack.react(CHANNEL, root, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(photo(0).path("status").asText()).isEqualTo("live");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alt", "caption", "credit"})
    void theAuthorAndApproversDescribeAPhotoUntilTheCommandIsDeleted(String key) {
        String before = photo(0).path(key).asText();

        newsroom.slack.reply(CHANNEL, root, EDITOR, key + ": by the editor");
        newsroom.cycle();
        assertThat(photo(0).path(key).asText()).isEqualTo("by the editor");

        String command = newsroom.slack.reply(CHANNEL, root, REPORTER, key + ": by the author");
        newsroom.cycle();
        assertThat(photo(0).path(key).asText()).isEqualTo("by the author");

        newsroom.slack.edit(CHANNEL, command, REPORTER, key + ":");
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        assertThat(photo(0).path(key).asText()).isEqualTo(before);

        newsroom.slack.delete(CHANNEL, command);
        newsroom.cycle();
        assertThat(photo(0).path(key).asText()).isEqualTo("by the editor");
        assertThat(photo(0).path("status").asText()).isEqualTo("live");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alt", "caption", "credit"})
    void aCommandByAnyoneElseHasNoEffect(String key) {
        JsonNode before = photo(0);

        String command = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, key + ": secret");
        newsroom.slack.react(CHANNEL, command, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(photo(0)).isEqualTo(before);
        assertThat(newsroom.storage().everythingEver()).doesNotContain("secret", "Cora");
    }

    @Test
    void aNumberSelectsThePhoto() {
        newsroom.slack.reply(CHANNEL, root, EDITOR, "alt: 2: The back door");
        newsroom.slack.reply(CHANNEL, root, EDITOR, "alt: The hall at 9: empty");
        newsroom.cycle();

        assertThat(photo(0).path("alt").asText()).isEqualTo("The hall at 9: empty");
        assertThat(photo(1).path("alt").asText()).isEqualTo("The back door");
    }

    @Test
    void theReplysOwnPhotoComesAndGoesWithTheReply() {
        String reply = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "and from inside");
        newsroom.slack.addFile(CHANNEL, reply, FakeFile.jpeg("F0INSIDE", Pictures.photo(50, 30)));
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();
        JsonNode photo = message().path("replies").path(0).path("photos").path(0);
        assertThat(photo.path("status").asText()).isEqualTo("live");
        assertThat(newsroom.storage().keys()).contains(photo.path("url").asText());

        newsroom.slack.delete(CHANNEL, reply);
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().keys()).doesNotContain(photo.path("url").asText());
        assertThat(newsroom.storage().everything())
                .doesNotContain("from inside", photo.path("url").asText());
        assertThat(photo(0).path("status").asText()).isEqualTo("live");
    }

    @Test
    void theReplysPhotoGoesWithTheMessageThatItAnswers() {
        String reply = newsroom.slack.reply(CHANNEL, root, COLLEAGUE, "and from inside");
        newsroom.slack.addFile(CHANNEL, reply, FakeFile.jpeg("F0INSIDE", Pictures.photo(50, 30)));
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.cycle();

        newsroom.slack.unreact(CHANNEL, root, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().keys()).noneMatch(key -> key.contains("/photos/"));
    }

    private JsonNode photo(int place) {
        return message().path("photos").path(place);
    }

    private JsonNode message() {
        return newsroom.reader().whole().path("messages").path(0);
    }
}
