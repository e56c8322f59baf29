package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers go to Slack's own hosts alone, and never unencrypted. */
class SlackInteractionClientTest {
    private static final URI API = URI.create("https://slack.com/api/");

    @ParameterizedTest
    @ValueSource(strings = {"https://hooks.slack.com/commands/T0/1/a", "https://slack.com/a"})
    void answersGoToSlack(String url) {
        assertThat(SlackInteractionClient.isSlack(URI.create(url), API)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://hooks.slack.com/commands/T0/1/a",
                "http://slack.com/a",
                "https://slack.com.evil.example/a",
                "https://evilslack.com/a",
                "https://slack.com@evil.example/a",
                "file:///slack.com",
                "slack.com"
            })
    void answersGoNowhereElse(String url) {
        assertThat(SlackInteractionClient.isSlack(URI.create(url), API)).isFalse();
    }
}
