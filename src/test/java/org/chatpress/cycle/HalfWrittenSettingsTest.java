package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cycle that starts while channels.yml is being written. Its first part is valid YAML that says less than the whole. */
class HalfWrittenSettingsTest extends WithNewsroom {
    private static final String OTHER = "C0WEATHER";

    @BeforeEach
    void addAChannel() {
        newsroom.slack.channel(OTHER);
    }

    @Test
    void aHiddenChatStaysHidden() {
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        String hidden = channel("approval: none", "hidden: true");
        saves(hidden);
        newsroom.cycle();
        newsroom.storage().forgetOperations();

        savesInTwoParts(hidden.replace("Election", "Recount"), "    hidden: true");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith");
    }

    @Test
    void anUnapprovedMessageStaysUnpublished() {
        String withApproval = "defaults: {approval: none}\n" + channel("approval: {approvers: [U0EDITOR]}");
        saves(withApproval);
        newsroom.cycle();
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");

        savesInTwoParts(withApproval.replace("Election", "Recount"), "    approval:");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith");
    }

    @Test
    void aChatDoesNotEnd() {
        newsroom.slack.post(OTHER, REPORTER, "it rains");
        String both = channel("approval: none")
                + "  - {id: C0WEATHER, slug: weather, since: 2026-11-03T18:00:00Z, approval: none}\n";
        saves(both);
        newsroom.cycle();

        savesInTwoParts(both.replace("Election", "Recount"), "  - {id: C0WEATHER");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().everPut())
                .filteredOn(file -> file.key().value().equals("weather/live.json"))
                .extracting(file -> new String(file.bytes(), StandardCharsets.UTF_8))
                .allMatch(pointer -> pointer.contains("\"live\":true"));
        assertThat(newsroom.reader().pointer().at("/channel/headline").asText()).isEqualTo("Recount night");
    }

    private static String channel(String... members) {
        return """
                channels:
                  - id: %s
                    slug: %s
                    since: 2026-11-03T18:00:00Z
                    headline: Election night
                    %s
                """.formatted(CHANNEL, SLUG, String.join("\n    ", members));
    }

    private void saves(String channels) {
        newsroom.writes(Optional.of(file(channels)));
    }

    /** The first look of the next cycle sees the file up to here, the second look all of it. */
    private void savesInTwoParts(String channels, String firstOfSecondPart) {
        int end = channels.indexOf(firstOfSecondPart);
        assertThat(end).isPositive();
        saves(channels.substring(0, end));
        newsroom.betweenLooksAtTheSettings(() -> {
            saves(channels);
            newsroom.savesSettings();
        });
    }

    private String file(String channels) {
        return """
                slack: {token: %s, api-url: "%s"}
                database: %s
                publish: [{directory: memory}]
                %s""".formatted(
                newsroom.slackServer.token().reveal(), newsroom.slackServer.apiUri(), newsroom.database(), channels);
    }
}
