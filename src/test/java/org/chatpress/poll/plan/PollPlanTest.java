package org.chatpress.poll.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.poll.plan.PolledChannel.ts;

import java.util.Optional;
import java.util.Random;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.ReadPosition.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages a turn reads, and that nothing is ever taken for read that was not. */
class PollPlanTest {
    private final PolledChannel channel = new PolledChannel();

    private static Optional<Range> range(int bottom, int head) {
        return Optional.of(new Range(ts(bottom), ts(head)));
    }

    @Test
    void aSmallChannelIsOnePageATurn() {
        channel.post(150);

        assertThat(channel.turn()).containsExactly("HEAD");
        assertThat(channel.position.range()).isEqualTo(range(1, 150));
        assertThat(channel.turn()).containsExactly("HEAD");
        assertThat(channel.post(199).turn()).containsExactly("HEAD", "SWEEP<150");
        assertThat(channel.position.range()).isEqualTo(range(1, 349));
    }

    @Test
    void theFirstTurnGoesDownToSince() {
        channel.post(2500);
        channel.since = ts(900).instant();

        assertThat(channel.turn()).containsExactly("HEAD", "BACKFILL<2301", "BACKFILL<1302", "SWEEP<2301");
        assertThat(channel.position.range()).isEqualTo(range(900, 2500));
        assertThat(channel.position.reaches(channel.since)).isTrue();
        assertThat(channel.kept).hasSize(1601).doesNotContain(ts(899));
    }

    @Test
    void theHeadMovesOnlyOnceTheGapIsClosed() {
        channel.post(100).turn();
        channel.post(500);
        PollPlan plan = PollPlan.start(channel.position, channel.since, Optional.empty());

        plan = channel.take(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));
        plan = channel.take(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));
        assertThat(channel.position.range()).isEqualTo(range(1, 100));
        channel.take(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));

        assertThat(channel.position.range()).isEqualTo(range(1, 600));
        assertThat(channel.kept).hasSize(600);
    }

    @Test
    void aGapIsReadAnewAfterAFailureInIt() {
        channel.post(100).turn();
        channel.post(500);
        PollPlan plan = PollPlan.start(channel.position, channel.since, Optional.empty());
        channel.take(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));

        assertThat(channel.turn()).startsWith("HEAD", "GAP<401", "GAP<201");
        assertThat(channel.kept).hasSize(600);
    }

    @Test
    void shortPagesAreReadOnAsLongAsThereIsMore() {
        channel.longestPage = 15;
        channel.post(40);

        assertThat(channel.turn()).startsWith("HEAD", "BACKFILL<26", "BACKFILL<11");
        assertThat(channel.kept).hasSize(40);
    }

    @Test
    void theHeadMessageMayBeDeleted() {
        channel.post(300).turn();
        channel.there.remove(ts(300));
        channel.there.remove(ts(299));

        assertThat(channel.turn()).containsExactly("HEAD", "SWEEP<99");
        assertThat(channel.position.range()).isEqualTo(range(1, 300));
        assertThat(channel.post(250).turn()).startsWith("HEAD", "GAP<351");
        assertThat(channel.position.range()).isEqualTo(range(1, 550));
    }

    @Test
    void anEarlierSinceIsReadFromTheOldBottomDown() {
        channel.post(1000);
        channel.since = ts(600).instant();
        channel.turn();

        channel.since = ts(100).instant();

        assertThat(channel.position.reaches(channel.since)).isFalse();
        assertThat(channel.turn()).startsWith("HEAD", "BACKFILL<600");
        assertThat(channel.position.reaches(channel.since)).isTrue();
        assertThat(channel.kept).hasSize(901);
    }

    @Test
    void anEarlierSinceIsReadThoughTheFirstPageReachedTheChannelsBeginning() {
        channel.post(150);
        channel.since = ts(100).instant();
        channel.turn();
        channel.post(190).turn();

        channel.since = ts(1).instant();

        assertThat(channel.position.reaches(channel.since)).isFalse();
        assertThat(channel.turn()).startsWith("HEAD", "BACKFILL<100");
        assertThat(channel.kept).hasSize(340);
    }

    @Test
    void aLaterSinceNeedsNoMoreReading() {
        channel.post(1000).turn();
        channel.since = ts(900).instant();

        assertThat(channel.turn()).containsExactly("HEAD");
        channel.since = ts(5000).instant();
        assertThat(channel.turn()).containsExactly("HEAD");
        assertThat(channel.position.reaches(channel.since)).isTrue();
    }

    @Test
    void theSweepWalksAPageATurnAndBeginsAgain() {
        channel.post(2500).turn();
        assertThat(channel.position.rescanCursor()).contains(ts(1302));

        assertThat(channel.turn()).containsExactly("HEAD", "SWEEP<1302");
        assertThat(channel.turn()).containsExactly("HEAD", "SWEEP<303");
        assertThat(channel.position.rescanCursor()).isEmpty();
        assertThat(channel.turn()).containsExactly("HEAD", "SWEEP<2301");
    }

    @Test
    void anEmptyChannelIsAskedTwiceOnceAndIsThenRead() {
        assertThat(channel.turn()).containsExactly("HEAD", "HEAD");
        assertThat(channel.position.reaches(channel.since)).isTrue();
        assertThat(channel.turn()).containsExactly("HEAD");
        assertThat(channel.post(300).turn()).containsExactly("HEAD", "GAP<101");
        assertThat(channel.kept).hasSize(300);
    }

    @Test
    void aChannelThatWasEmptiedCostsOnePageATurn() {
        channel.post(300).turn();
        channel.there.clear();
        channel.turn();

        assertThat(channel.turn()).containsExactly("HEAD");
    }

    @Test
    void noMessagesAlthoughThereIsMoreEndsTheTurnAndMovesNothing() {
        channel.post(100).turn();
        channel.post(500);
        PollPlan plan = PollPlan.start(channel.position, channel.since, Optional.empty());
        PageRequest head = plan.nextRequest().orElseThrow();

        PollPlan rest = channel.take(plan, head, PolledChannel.emptyOfMore(head));

        assertThat(rest.nextRequest()).isEmpty();
        assertThat(rest.position()).isEqualTo(plan.position());
    }

    @Test
    void oneEmptyPageDoesNotCloseAGap() {
        channel.post(100).turn();
        channel.post(500);
        PollPlan plan = PollPlan.start(channel.position, channel.since, Optional.empty());
        plan = channel.take(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));
        PageRequest gap = plan.nextRequest().orElseThrow();

        PollPlan rest = channel.take(plan, gap, PolledChannel.empty(gap));

        assertThat(rest.nextRequest()).contains(gap);
        assertThat(channel.position.range()).isEqualTo(range(1, 100));
    }

    @Test
    void aTurnReadsDownToAMessageWhoseDelayMayBeOver() {
        channel.post(1000).turn();

        assertThat(channel.turn(Optional.of(ts(801)))).startsWith("HEAD", "SWEEP<801");
        assertThat(channel.turn(Optional.of(ts(500)))).startsWith("HEAD", "GAP<801", "GAP<601", "SWEEP<401");
        assertThat(channel.position.range()).isEqualTo(range(1, 1000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whateverHappensNothingUnreadIsTakenForReadAndInTheEndEverythingIsRead(long seed) {
        var random = new Random(seed);
        for (int step = 0; step < 60; step++) {
            change(random);
            turnWithTrouble(random);
        }

        channel.longestPage = Integer.MAX_VALUE;
        channel.turn();

        assertThat(channel.position.reaches(channel.since)).isTrue();
        assertThat(wanted(channel.there.first(), channel.there.last())).isTrue();
    }

    private void change(Random random) {
        switch (random.nextInt(6)) {
            case 0 -> channel.post(random.nextInt(500));
            case 1 -> channel.there.removeIf(ts -> random.nextInt(10) == 0);
            case 2 -> channel.since = ts(random.nextInt(channel.posted() + 1)).instant();
            case 3 -> channel.longestPage = 1 + random.nextInt(300);
            case 4 -> {
                for (int last = random.nextInt(5); last > 0 && !channel.there.isEmpty(); last--) {
                    channel.there.pollLast();
                }
            }
            default -> channel.post(1);
        }
        channel.post(1);
    }

    /** A turn in which pages fail, come empty once, or end it. */
    private void turnWithTrouble(Random random) {
        PollPlan plan = PollPlan.start(channel.position, channel.since, Optional.empty());
        boolean wasEmpty = false;
        while (plan.nextRequest().isPresent()) {
            PageRequest request = plan.nextRequest().get();
            int trouble = random.nextInt(12);
            if (trouble == 0) {
                return;
            }
            boolean isEmpty = trouble == 1 && !wasEmpty;
            HistoryPage page = channel.page(request);
            if (trouble == 2) {
                page = PolledChannel.emptyOfMore(request);
            } else if (isEmpty) {
                page = PolledChannel.empty(request);
            }
            plan = channel.take(plan, request, page);
            wasEmpty = isEmpty;
            channel.position
                    .range()
                    .ifPresent(range -> assertThat(wanted(range.oldest(), range.newest()))
                            .as("everything in %s", range)
                            .isTrue());
            if (random.nextInt(4) == 0) {
                channel.post(random.nextInt(3)); // Slack doesn't stand still between two pages
            }
        }
    }

    /** True if everything from bottom to head that readers may want has been kept. */
    private boolean wanted(MessageTs bottom, MessageTs head) {
        return channel.there.subSet(bottom, true, head, true).stream()
                .filter(ts -> !ts.instant().isBefore(channel.since))
                .allMatch(channel.kept::contains);
    }
}
