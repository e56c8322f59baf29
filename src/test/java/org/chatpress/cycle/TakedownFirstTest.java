package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.channel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must go goes first in each cycle, before Slack is asked. */
@Tag("slow")
class TakedownFirstTest extends WithNewsroom {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** What the storage still contained at each call to Slack. */
    private final List<Boolean> found = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHiddenChatIsGoneBeforeASilentSlackIsAsked(boolean pollsWhenDue) {
        String[] open = IntStream.range(0, 200)
                .mapToObj(i -> channel("C0SILENT%03d".formatted(i), "chat-" + i, "approval: none"))
                .toArray(String[]::new);
        IntStream.range(0, 200).forEach(i -> newsroom.slack.channel("C0SILENT%03d".formatted(i)));
        newsroom.slack.post("C0SILENT150", REPORTER, "Smith wins");
        newsroom.lists(open).cycle();
        assertThat(newsroom.storage().everything()).contains("Smith");
        if (pollsWhenDue) {
            newsroom.pollsWhenDue().restart();
        }

        String[] hidden = open.clone();
        hidden[150] = channel("C0SILENT150", "chat-150", "approval: none, hidden: true");
        newsroom.lists(hidden);
        Instant start = silence();
        newsroom.cycleNow();

        assertThat(found).isNotEmpty().doesNotContain(true);
        assertThat(newsroom.clock.instant()).isAfter(start);
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void aChatThatIsHiddenWhileSlackIsSilentIsGoneAfterTheCallInHand() {
        String[] open = IntStream.range(0, 30)
                .mapToObj(i -> channel("C0SILENT%03d".formatted(i), "chat-" + i, "approval: none"))
                .toArray(String[]::new);
        IntStream.range(0, 30).forEach(i -> newsroom.slack.channel("C0SILENT%03d".formatted(i)));
        newsroom.slack.post("C0SILENT015", REPORTER, "Smith wins");
        newsroom.lists(open).cycle();
        assertThat(newsroom.storage().everything()).contains("Smith");
        String[] hidden = open.clone();
        hidden[15] = channel("C0SILENT015", "chat-15", "approval: none, hidden: true");

        Instant start = newsroom.clock.instant();
        newsroom.faults.always("*", Fault.before(() -> {
            found.add(newsroom.storage().everything().contains("Smith"));
            newsroom.lists(hidden).savesSettings();
            newsroom.clock.advance(TIMEOUT);
        }));
        newsroom.cycleNow();
        assertThat(Duration.between(start, newsroom.clock.instant())).isEqualTo(TIMEOUT);
        newsroom.cycleNow();

        assertThat(found.stream().filter(isThere -> isThere)).hasSize(1);
    }

    @Test
    void aWithdrawnMessageOrReplyIsGoneBeforeASilentSlackIsAsked() {
        newsroom.says("approval: none, threads: publish");
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        String message = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        String root = newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        String reply = newsroom.slack.reply(CHANNEL, root, REPORTER, "Smith voted");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("Smith wins", "Smith voted");

        newsroom.says("approval: none, threads: publish, withdraw: [\"" + message + "\", \"" + reply + "\"]");
        cycleWithASilentSlack();

        assertThat(newsroom.reader().texts()).containsExactly("polls are closed", "turnout is high");
        newsroom.faults.clear();
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.reader().texts()).containsExactly("polls are closed", "turnout is high");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"description: corrected", "live-content: corrected", "time-zone: Europe/Berlin", "closed: true"})
    void aWithdrawnMessageIsGoneFirstAlthoughTheSameSettingsChangeTheChat(String change) {
        newsroom.says("approval: none");
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        String message = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("Smith wins");

        newsroom.says("approval: none, " + change + ", withdraw: [\"" + message + "\"]");
        cycleWithASilentSlack();

        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
    }

    @Test
    void aWithdrawnMessageGoesAlthoughTheChatOfARestoredDatabaseCannotBeReadAgain() {
        newsroom.says("approval: none");
        newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
        String root = newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        String message = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        byte[] copy = newsroom.copiesItsDatabase();
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.slack.delete(CHANNEL, root);
        newsroom.cycle();
        newsroom.cycle();
        newsroom.putsBack(copy);
        newsroom.slack.removeBot(CHANNEL);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).as("no message is withdrawn").contains("Smith wins");

        newsroom.says("approval: none, withdraw: [\"" + message + "\"]").cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith").doesNotContain("turnout");
        newsroom.slack.inviteBot(CHANNEL);
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("polls are open", "polls are closed");
    }

    @Test
    void aFileThatCouldNotBeDeletedIsDeletedBeforeASilentSlackIsAsked() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();
        newsroom.storage().down(true);
        newsroom.slack.delete(CHANNEL, ts);
        Stream.of(1, 2, 3, 4, 5, 6).forEach(i -> newsroom.cycle());
        assertThat(newsroom.storage().everything()).contains("Smith");

        newsroom.storage().down(false);
        cycleWithASilentSlack();

        assertThat(newsroom.reader("memory", SLUG).texts()).containsExactly("turnout is high");
    }

    /** What must go is gone at its first call of Slack. */
    private void cycleWithASilentSlack() {
        silence();
        newsroom.cycle();

        assertThat(found).isNotEmpty().doesNotContain(true);
    }

    /** From now on each call notes whether the storage contains the text, and takes its whole timeout. */
    private Instant silence() {
        newsroom.faults.always("*", Fault.before(() -> {
            found.add(newsroom.storage().everything().contains("Smith"));
            newsroom.clock.advance(TIMEOUT);
        }));
        return newsroom.clock.instant();
    }
}
