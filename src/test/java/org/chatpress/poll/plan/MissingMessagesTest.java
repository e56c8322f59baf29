package org.chatpress.poll.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.HistoryPage.TimeRange;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.poll.plan.MissingMessages.KnownMessage;
import org.junit.jupiter.api.Test;

class MissingMessagesTest {
    private static final Optional<MessageTs> OPEN = Optional.empty();

    @Test
    void nothingIsMissingFromACompletePage() {
        MissingMessages found = MissingMessages.of(page(OPEN, OPEN, 1, 2, 3), known(1, 2, 3));

        assertThat(found.missing()).isEmpty();
        assertThat(found.beyondRetention()).isEmpty();
    }

    @Test
    void messagesThatAPageLacksAreMissingNewestFirst() {
        MissingMessages found = MissingMessages.of(page(OPEN, OPEN, 2, 4), known(1, 2, 3, 4, 5));

        assertThat(found.missing()).containsExactly(ts(5), ts(3), ts(1));
    }

    @Test
    void aPageProvesNothingOutsideItsTimeRange() {
        HistoryPage page = page(Optional.of(ts(3)), Optional.of(ts(6)), 4);

        MissingMessages found = MissingMessages.of(page, known(1, 2, 3, 4, 5, 6, 7));

        assertThat(found.missing()).containsExactly(ts(5), ts(3));
    }

    @Test
    void aPageWithAnEmptyTimeRangeProvesNothing() {
        HistoryPage page = page(Optional.of(ts(4)), Optional.of(ts(4)));

        assertThat(MissingMessages.of(page, known(1, 4, 7)).missing()).isEmpty();
    }

    @Test
    void afterAnEmptyPageOnlyTheNewestIsMissing() {
        MissingMessages found = MissingMessages.of(page(OPEN, OPEN), known(1, 2, 3, 4, 5, 6, 7));

        assertThat(found.missing()).containsExactly(ts(7));
        assertThat(found.beyondRetention()).isEmpty();
    }

    @Test
    void aFewAtTheOldEndAreDeletionsAndALongRunIsRetention() {
        MissingMessages few = MissingMessages.of(page(OPEN, OPEN, 6, 8), known(1, 2, 3, 4, 5, 6, 7, 8));
        MissingMessages many = MissingMessages.of(page(OPEN, OPEN, 7, 9), known(1, 2, 3, 4, 5, 6, 7, 8, 9));

        assertThat(few.missing()).containsExactly(ts(7), ts(5), ts(4), ts(3), ts(2), ts(1));
        assertThat(few.beyondRetention()).isEmpty();
        assertThat(many.missing()).containsExactly(ts(8));
        assertThat(many.beyondRetention()).containsExactly(ts(6), ts(5), ts(4), ts(3), ts(2), ts(1));
    }

    @Test
    void aLongRunAtTheOldEndIsRetentionEvenIfTheRescanPageIsEmpty() {
        MissingMessages found = MissingMessages.of(page(OPEN, Optional.of(ts(7))), known(1, 2, 3, 4, 5, 6));

        assertThat(found.missing()).isEmpty();
        assertThat(found.beyondRetention()).hasSize(6);
    }

    @Test
    void aLongRunWithOlderMessagesBehindItIsAMassDeletion() {
        HistoryPage notTheEnd = page(Optional.of(ts(1)), OPEN, 9);
        HistoryPage withTheOldest = page(OPEN, OPEN, 1, 9);

        assertThat(MissingMessages.of(notTheEnd, known(1, 2, 3, 4, 5, 6, 7, 8, 9))
                        .missing())
                .hasSize(8);
        assertThat(MissingMessages.of(withTheOldest, known(1, 2, 3, 4, 5, 6, 7, 8, 9))
                        .missing())
                .hasSize(7);
    }

    private static HistoryPage page(Optional<MessageTs> from, Optional<MessageTs> until, int... returned) {
        List<SlackMessage> messages = IntStream.of(returned)
                .mapToObj(n -> new SlackMessage(ts(n), JsonNodeFactory.instance.objectNode()))
                .toList();
        return new HistoryPage(
                new ChannelId("C0ELECTION"), new TimeRange(from, until), messages, 0, from.isPresent(), Instant.EPOCH);
    }

    private static List<KnownMessage> known(int... numbers) {
        return Arrays.stream(numbers)
                .mapToObj(number -> new KnownMessage(ts(number), false, Optional.empty()))
                .toList();
    }

    private static MessageTs ts(int number) {
        return new MessageTs("17937600%02d.000000".formatted(number));
    }
}
