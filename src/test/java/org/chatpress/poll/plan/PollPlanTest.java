package org.chatpress.poll.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.poll.plan.PolledChannel.ts;

import java.util.Optional;
import java.util.Random;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.PollPlan.PageRequest;
import org.chatpress.poll.plan.PollPlan.ReadPosition.Gap;
import org.chatpress.poll.plan.PollPlan.ReadPosition.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages a poll reads, and that it never marks messages as read that it did not read. */
class PollPlanTest {
    private final PolledChannel channel = new PolledChannel();

    private static Optional<Range> range(int oldest, int newest) {
        return Optional.of(new Range(ts(oldest), ts(newest)));
    }

    @Test
    void aSmallChannelTakesOnePagePerPoll() {
        channel.post(150);

        assertThat(channel.poll()).containsExactly("HEAD");
        assertThat(channel.position.range()).isEqualTo(range(1, 150));
        assertThat(channel.poll()).containsExactly("HEAD");
        assertThat(channel.post(199).poll()).containsExactly("HEAD", "RESCAN<150");
        assertThat(channel.position.range()).isEqualTo(range(1, 349));
    }

    @Test
    void theFirstPollReadsBackToSince() {
        channel.post(2500);
        channel.since = ts(900).instant();

        assertThat(channel.poll()).containsExactly("HEAD", "BACKFILL<2301", "BACKFILL<1302", "RESCAN<2301");
        assertThat(channel.position.range()).isEqualTo(range(900, 2500));
        assertThat(channel.position.reaches(channel.since)).isTrue();
        assertThat(channel.stored).hasSize(1601).doesNotContain(ts(899));
    }

    @Test
    void theNewestEndMovesOnlyOnceTheGapIsClosed() {
        channel.maxPageSize = 200;
        channel.post(100).poll();
        channel.post(500);
        PollPlan plan = PollPlan.start(channel.position, channel.since, Optional.empty());

        plan = channel.read(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));
        plan = channel.read(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));
        assertThat(channel.position.range()).isEqualTo(range(1, 100));
        channel.read(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));

        assertThat(channel.position.range()).isEqualTo(range(1, 600));
        assertThat(channel.stored).hasSize(600);
    }

    @Test
    void aGapIsReadOnWhereThePollBeforeStopped() {
        channel.post(100).poll();
        channel.post(2500).poll(2);
        assertThat(channel.position.range()).isEqualTo(range(1, 100));
        assertThat(channel.position.gap()).contains(new Gap(ts(1402), ts(2600)));
        assertThat(channel.position.isBehind(channel.since)).isTrue();

        assertThat(channel.post(150).poll()).startsWith("HEAD", "GAP<1402", "GAP<403");
        assertThat(channel.stored).hasSize(2750);
        assertThat(channel.position.range()).isEqualTo(range(1, 2750));
        assertThat(channel.position.isBehind(channel.since)).isFalse();
    }

    @Test
    void theFractionReadIsThatOfTheGapAndThenOfTheBackfill() {
        assertThat(channel.position.fractionRead(channel.since)).isZero();

        channel.post(100).poll();
        channel.post(2500).poll(2);
        assertThat(channel.position.fractionRead(channel.since)).isEqualTo((2600 - 1402) / 2500.0);

        channel.catchUp();
        assertThat(channel.position.fractionRead(channel.since)).isEqualTo(1);
        channel.since = ts(1).instant().minusSeconds(2599);
        assertThat(channel.position.fractionRead(channel.since)).isEqualTo(0.5);
    }

    @Test
    void catchingUpGoesOnInTheGapAndTheBackfillWithoutAHeadPage() {
        channel.post(2500);
        channel.since = ts(1500).instant();
        channel.poll();
        channel.post(2500).poll(1);
        channel.since = ts(1).instant();

        assertThat(channel.catchUp())
                .containsExactly("GAP<4801", "GAP<3802", "GAP<2803", "BACKFILL<1500", "BACKFILL<501");
        assertThat(channel.stored).hasSize(5000);
        assertThat(channel.catchUp()).isEmpty();
    }

    @Test
    void theMessagesAboveAGapAreReadAgainIfTheNextHeadPageDoesNotMeetThem() {
        channel.post(100).poll();
        channel.post(2500).poll(2);
        channel.post(1000);

        assertThat(channel.poll(1)).containsExactly("HEAD");
        assertThat(channel.position.gap()).contains(new Gap(ts(3401), ts(3600)));
        assertThat(channel.poll()).startsWith("HEAD", "GAP<3401", "GAP<2402", "GAP<1403", "GAP<404");
        assertThat(channel.stored).hasSize(3600);
    }

    @Test
    void aGapIsReadOnToAMessageBelowItWhoseDelayMayBeOver() {
        channel.post(3000).poll();
        channel.post(1200);

        assertThat(channel.poll(Optional.of(ts(2500)))).startsWith("HEAD", "GAP<4001", "GAP<3002", "RESCAN<1802");
    }

    @Test
    void aDelayedMessageAboveAGapIsIncludedInEachPoll() {
        channel.post(100).poll();
        channel.post(2500).poll(2);

        assertThat(channel.poll(Optional.of(ts(2000)))).startsWith("HEAD", "DELAYED<2401", "GAP<1402");
    }

    @Test
    void shortPagesAreFollowedWhileThereIsMore() {
        channel.maxPageSize = 15;
        channel.post(40);

        assertThat(channel.poll()).startsWith("HEAD", "BACKFILL<26", "BACKFILL<11");
        assertThat(channel.stored).hasSize(40);
    }

    @Test
    void theNewestReadMessageMayBeDeleted() {
        channel.post(300).poll();
        channel.inSlack.remove(ts(300));
        channel.inSlack.remove(ts(299));

        assertThat(channel.poll()).containsExactly("HEAD", "RESCAN<99");
        assertThat(channel.position.range()).isEqualTo(range(1, 300));
        assertThat(channel.post(250).poll()).startsWith("HEAD", "GAP<351");
        assertThat(channel.position.range()).isEqualTo(range(1, 550));
    }

    @Test
    void anEarlierSinceIsBackfilledFromTheOldestEnd() {
        channel.post(1000);
        channel.since = ts(600).instant();
        channel.poll();

        channel.since = ts(100).instant();

        assertThat(channel.position.reaches(channel.since)).isFalse();
        assertThat(channel.poll()).startsWith("HEAD", "BACKFILL<600");
        assertThat(channel.position.reaches(channel.since)).isTrue();
        assertThat(channel.stored).hasSize(901);
    }

    @Test
    void anEarlierSinceIsBackfilledEvenIfTheFirstPageReachedTheStartOfTheChannel() {
        channel.post(150);
        channel.since = ts(100).instant();
        channel.poll();
        channel.post(190).poll();

        channel.since = ts(1).instant();

        assertThat(channel.position.reaches(channel.since)).isFalse();
        assertThat(channel.poll()).startsWith("HEAD", "BACKFILL<100");
        assertThat(channel.stored).hasSize(340);
    }

    @Test
    void aLaterSinceNeedsNoFurtherPages() {
        channel.post(1000).poll();
        channel.since = ts(900).instant();

        assertThat(channel.poll()).containsExactly("HEAD");
        channel.since = ts(5000).instant();
        assertThat(channel.poll()).containsExactly("HEAD");
        assertThat(channel.position.reaches(channel.since)).isTrue();
    }

    @Test
    void theRescanAdvancesOnePagePerPollAndStartsOver() {
        channel.post(2500).poll();
        assertThat(channel.position.rescanCursor()).contains(ts(1302));

        assertThat(channel.poll()).containsExactly("HEAD", "RESCAN<1302");
        assertThat(channel.poll()).containsExactly("HEAD", "RESCAN<303");
        assertThat(channel.position.rescanCursor()).isEmpty();
        assertThat(channel.poll()).containsExactly("HEAD", "RESCAN<2301");
    }

    @Test
    void anEmptyChannelIsConfirmedByASecondPageOnce() {
        assertThat(channel.poll()).containsExactly("HEAD", "HEAD");
        assertThat(channel.position.reaches(channel.since)).isTrue();
        assertThat(channel.poll()).containsExactly("HEAD");
        assertThat(channel.post(300).poll()).containsExactly("HEAD", "GAP<101");
        assertThat(channel.stored).hasSize(300);
    }

    @Test
    void anEmptiedChannelTakesOnePagePerPoll() {
        channel.post(300).poll();
        channel.inSlack.clear();
        channel.poll();

        assertThat(channel.poll()).containsExactly("HEAD");
    }

    @Test
    void aPageWithoutMessagesAlthoughThereIsMoreEndsThePollAndMovesNothing() {
        channel.post(100).poll();
        channel.post(500);
        PollPlan plan = PollPlan.start(channel.position, channel.since, Optional.empty());
        PageRequest head = plan.nextRequest().orElseThrow();

        PollPlan rest = channel.read(plan, head, PolledChannel.emptyWithMore(head));

        assertThat(rest.nextRequest()).isEmpty();
        assertThat(rest.position()).isEqualTo(plan.position());
    }

    @Test
    void oneEmptyPageDoesNotCloseAGap() {
        channel.post(100).poll();
        channel.post(500);
        PollPlan plan = PollPlan.start(channel.position, channel.since, Optional.empty());
        plan = channel.read(
                plan,
                plan.nextRequest().orElseThrow(),
                channel.page(plan.nextRequest().orElseThrow()));
        PageRequest gap = plan.nextRequest().orElseThrow();

        PollPlan rest = channel.read(plan, gap, PolledChannel.empty(gap));

        assertThat(rest.nextRequest()).contains(gap);
        assertThat(channel.position.range()).isEqualTo(range(1, 100));
    }

    @Test
    void aPollReadsBackToAMessageWhoseDelayMayBeOver() {
        channel.post(1000).poll();

        channel.maxPageSize = 200;
        assertThat(channel.poll(Optional.of(ts(801)))).startsWith("HEAD", "RESCAN<801");
        assertThat(channel.poll(Optional.of(ts(500)))).startsWith("HEAD", "DELAYED<801", "DELAYED<601", "RESCAN<401");
        assertThat(channel.position.range()).isEqualTo(range(1, 1000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whateverHappensNoUnreadMessageIsMarkedAsReadAndInTheEndEverythingIsRead(long seed) {
        var random = new Random(seed);
        for (int step = 0; step < 60; step++) {
            change(random);
            pollWithFailures(random);
        }

        channel.maxPageSize = Integer.MAX_VALUE;
        channel.poll();

        assertThat(channel.position.reaches(channel.since)).isTrue();
        assertThat(isStored(channel.inSlack.first(), channel.inSlack.last())).isTrue();
    }

    private void change(Random random) {
        switch (random.nextInt(6)) {
            case 0 -> channel.post(random.nextInt(500));
            case 1 -> channel.inSlack.removeIf(ts -> random.nextInt(10) == 0);
            case 2 -> channel.since = ts(random.nextInt(channel.posted() + 1)).instant();
            case 3 -> channel.maxPageSize = 1 + random.nextInt(300);
            case 4 -> {
                for (int last = random.nextInt(5); last > 0 && !channel.inSlack.isEmpty(); last--) {
                    channel.inSlack.pollLast();
                }
            }
            default -> channel.post(1);
        }
        channel.post(1);
    }

    /** A poll in which pages fail, are empty once, or are empty with more to come. */
    private void pollWithFailures(Random random) {
        PollPlan plan = channel.position.range().isPresent() && random.nextInt(3) == 0
                ? PollPlan.catchUp(channel.position, channel.since, Optional.empty())
                : PollPlan.start(channel.position, channel.since, Optional.empty());
        boolean wasEmpty = false;
        while (plan.nextRequest().isPresent()) {
            PageRequest request = plan.nextRequest().get();
            int fault = random.nextInt(12);
            if (fault == 0) {
                return;
            }
            boolean isEmpty = fault == 1 && !wasEmpty;
            HistoryPage page = channel.page(request);
            if (fault == 2) {
                page = PolledChannel.emptyWithMore(request);
            } else if (isEmpty) {
                page = PolledChannel.empty(request);
            }
            plan = channel.read(plan, request, page);
            wasEmpty = isEmpty;
            channel.position
                    .range()
                    .ifPresent(range -> assertThat(isStored(range.oldest(), range.newest()))
                            .as("everything in %s", range)
                            .isTrue());
            channel.position
                    .gap()
                    .ifPresent(gap -> assertThat(isStored(gap.until(), gap.newest()))
                            .as("everything above %s", gap)
                            .isTrue());
            if (random.nextInt(4) == 0) {
                channel.post(random.nextInt(3)); // People post between two pages
            }
        }
    }

    /** True if all messages in the range since {@code since} have been stored. */
    private boolean isStored(MessageTs oldest, MessageTs newest) {
        return channel.inSlack.subSet(oldest, true, newest, true).stream()
                .filter(ts -> !ts.instant().isBefore(channel.since))
                .allMatch(channel.stored::contains);
    }
}
