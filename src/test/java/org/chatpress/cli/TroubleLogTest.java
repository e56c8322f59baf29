package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.Newsroom.CHANNEL;
import static org.chatpress.support.Newsroom.REPORTER;
import static org.chatpress.support.Newsroom.SLUG;
import static org.chatpress.support.Newsroom.channel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.chatpress.support.LogBook;
import org.chatpress.support.Newsroom;
import org.chatpress.support.Trouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the person on duty reads of cycles that follow each other by a second. */
class TroubleLogTest {
    @TempDir
    Path folder;

    private final TroubleLog troubles = new TroubleLog();
    private LogBook log;
    private Newsroom newsroom;

    @BeforeEach
    void open() {
        log = LogBook.open();
        newsroom = new Newsroom(folder).readsInTurn();
    }

    @AfterEach
    void close() {
        newsroom.close();
        log.close();
    }

    @Test
    void channelsThatAreReadInDifferentCyclesAreToldOnceAndEachWhenItWorksAgain() {
        newsroom.slack.channel("C0WEATHER");
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), channel("C0WEATHER", "weather", "approval: none"));
        cycles(10);

        fails("conversations.history", Trouble.notOk("token_revoked"));
        cycles(60);

        assertThat(log.linesWith("token_revoked")).hasSize(2);
        assertThat(log.linesWith("works again")).isEmpty();

        newsroom.slack.endTrouble();
        cycles(30);

        assertThat(log.linesWith("works again"))
                .containsExactlyInAnyOrder("INFO " + SLUG + " works again", "INFO weather works again");
    }

    @Test
    void aChannelThatSlackPutsOffIsToldOnceHoweverLongItWaits() {
        cycles(5);

        fails("conversations.history", Trouble.tooMany(7), Trouble.tooMany(9));
        cycles(60);

        assertThat(log.linesWith("too many calls")).hasSize(1);
        assertThat(log.linesWith("works again")).isEmpty();
    }

    @Test
    void aStorageThatWaitsForItsNextTryDoesNotWorkAgain() {
        newsroom.storage().down(true);
        post();
        cycles(60);

        assertThat(log.linesWith("memory")).hasSize(1);

        newsroom.storage().down(false);
        cycles(120);

        assertThat(log.linesWith("memory works again")).hasSize(1);
    }

    @Test
    void manyDeletionsAtOnceAreWorkForTheNextMinuteAndNoTrouble() {
        List<String> messages = IntStream.range(0, 90).mapToObj(i -> post()).toList();
        cycles(5);

        messages.forEach(ts -> newsroom.slack.delete(CHANNEL, ts));
        cycles(40);

        assertThat(log.linesWith("are missing at once")).hasSize(1);
        assertThat(log.linesWith("no call of")).isEmpty();
        assertThat(log.linesWith("works again")).isEmpty();
        assertThat(newsroom.reader().texts()).isNotEmpty();

        cycles(90);

        assertThat(newsroom.reader().texts()).isEmpty();
        assertThat(log.linesWith("are missing at once")).hasSize(1);
    }

    @Test
    void whatWaitsForOurOwnLimitIsNoTrouble() {
        for (int i = 0; i < 130; i++) {
            String person = "U0READER" + i;
            newsroom.slack.person(person, "Reader " + i);
            newsroom.slack.post(CHANNEL, person, "hear, hear");
        }
        cycles(90);

        assertThat(newsroom.reader().texts()).hasSize(130);
        assertThat(log.linesWith("no call of")).isEmpty();
        assertThat(log.linesWith("works again")).isEmpty();
    }

    private void cycles(int seconds) {
        for (int i = 0; i < seconds; i++) {
            newsroom.clock.advance(Duration.ofSeconds(1));
            troubles.tell(newsroom.cycleNow());
        }
    }

    private String post() {
        return newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
    }

    private void fails(String method, Trouble... byTurns) {
        for (int i = 0; i < 200; i++) {
            newsroom.slack.trouble(method, byTurns);
        }
    }
}
