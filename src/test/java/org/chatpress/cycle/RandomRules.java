package org.chatpress.cycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.MessageTs;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.Storage;
import org.chatpress.support.CrashPoint;
import org.chatpress.support.CrashPoint.Killed;
import org.chatpress.support.CrashPoint.When;
import org.chatpress.support.Fault;
import org.chatpress.support.Site;
import org.chatpress.support.TestNewsroom;

/**
 * Sixty random steps in which the rules change and not only the messages: approval, hiding, closing, {@code since}, withdrawals,
 * the members of a user group, the storages, both clocks, the database (lost, or restored from any moment), the plan's
 * retention, hundreds of messages while the program was down, and a Slack that does not answer.
 *
 * <p>After every sixth step the program gets time to recover. Then each site must show no message that a rule hides, and
 * every message that no rule has hidden since it was posted or last shown.
 */
final class RandomRules implements AutoCloseable {
    private static final int STEPS = 60;
    private static final int STEPS_BETWEEN_CHECKS = 6;
    private static final int MAX_CYCLES_TO_RECOVER = 40;

    /** Slack's {@code Date} has whole seconds. */
    private static final Duration CLOCK_ACCURACY = Duration.ofSeconds(2);

    private static final String GROUP = "S0DESK";
    private static final String PRIVATE_PREFIX = "<#> ";
    private static final Pattern TEXT = Pattern.compile("m[0-9]+v[0-9]+x");

    private final TestNewsroom newsroom;
    private final Random random;
    private final CrashPoint calls =
            new CrashPoint("put", "delete", "history", "executeUpdate", "executeBatch", "commit");
    private final List<String> steps = new ArrayList<>();
    private final Map<String, Integer> happened = new TreeMap<>();

    // THE MODEL: what the people and the settings say

    private final List<Modeled> messages = new ArrayList<>();
    private final Set<String> everApproved = new HashSet<>();
    private Duration localClockAhead = Duration.ZERO;
    private boolean needsApproval;
    private boolean isHidden;
    private Optional<String> closed = Optional.empty();
    private Instant since = TestNewsroom.START;
    private boolean secondIsInGroup = true;
    private boolean publishesToTwo = true;
    private Optional<byte[]> copy = Optional.empty();

    /** Messages posted before {@code closedFrom} are in the chat, those after {@code closedUntil} are not. */
    private Instant closedFrom = Instant.MAX;

    private Instant closedUntil = Instant.MAX;

    RandomRules(Path folder, long seed) {
        newsroom = new TestNewsroom(folder).publishesTo("one", "two");
        random = new Random(seed);
        newsroom.slack.person("U0READER", "Rita Reader");
        newsroom.slack.group(GROUP, SECOND_EDITOR);
        through(UnaryOperator.identity(), UnaryOperator.identity());
    }

    /** Puts deliberate defects between the program and Slack or its storages, to see that they are found. */
    RandomRules through(UnaryOperator<SlackClient> slack, UnaryOperator<Storage> storage) {
        newsroom.asksSlackThrough(real -> slack.apply(calls.through(SlackClient.class, real)));
        newsroom.usesStoragesThrough(real -> storage.apply(calls.through(Storage.class, real)));
        return this;
    }

    /** Runs all steps; fails at the first violation and says which steps led to it. */
    void runAndCheck() {
        try {
            needsApproval = random.nextBoolean();
            saveSettings();
            post(12);
            recoverAndCheck();
            for (int step = 1; step <= STEPS; step++) {
                act();
                cycle();
                messages.forEach(Modeled::rulesChanged);
                if (step % STEPS_BETWEEN_CHECKS == 0) {
                    recoverAndCheck();
                }
            }
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nafter " + String.join("\n      ", steps), e);
        }
    }

    /** How often each kind of step was taken. */
    Map<String, Integer> happened() {
        return happened;
    }

    @Override
    public void close() {
        newsroom.close();
    }

    // STEPS

    private void act() {
        int dice = random.nextInt(100);
        if (dice < 18) {
            note("a message", "");
            post(1);
        } else if (dice < 40) {
            changeAMessage();
        } else if (dice < 64) {
            changeARule();
        } else if (dice < 72) {
            changeAClock();
        } else if (dice < 80) {
            changeTheDatabase();
        } else if (dice < 84) {
            secondIsInGroup = !secondIsInGroup;
            note("group", secondIsInGroup ? "the second editor joins" : "the second editor leaves");
            newsroom.slack.group(GROUP, secondIsInGroup ? new String[] {SECOND_EDITOR} : new String[0]);
            messages.forEach(Modeled::groupChanged);
        } else if (dice < 87) {
            int count = 60 + random.nextInt(200);
            note("gap", count + " messages while the program is down");
            newsroom.restart();
            post(count);
        } else if (dice < 89) {
            hideOldMessagesByRetention();
        } else {
            injectFault();
        }
    }

    private void post(int count) {
        for (int i = 0; i < count; i++) {
            messages.add(new Modeled(count == 1 && random.nextInt(6) == 0));
        }
    }

    private void changeAMessage() {
        int newest = random.nextBoolean() ? Math.min(10, messages.size()) : messages.size();
        Modeled message = messages.get(messages.size() - 1 - random.nextInt(newest));
        if (message.deleted || message.isBeyondRetention) {
            return;
        }
        switch (random.nextInt(9)) {
            case 0 -> message.edit();
            case 1 -> message.delete();
            case 2 -> message.react("no_entry", EDITOR);
            case 3 -> message.unreact();
            case 4, 5 -> message.react("white_check_mark", EDITOR);
            case 6, 7 -> message.react("white_check_mark", SECOND_EDITOR);
            default -> message.react("white_check_mark", random.nextBoolean() ? REPORTER : "U0READER");
        }
    }

    private void changeARule() {
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                messages.forEach(Modeled::approvalChanges);
                needsApproval = !needsApproval;
                note("settings", needsApproval ? "approval is needed" : "approval: none");
            }
            case 2 -> {
                isHidden = !isHidden;
                note("settings", "hidden: " + isHidden);
            }
            case 3 -> {
                closed = closed.isPresent() ? Optional.empty() : Optional.of("true");
                closedFrom = closed.isPresent() ? slackTime().minus(CLOCK_ACCURACY) : Instant.MAX;
                closedUntil = Instant.MAX;
                note("settings", "closed: " + closed);
            }
            case 4 -> {
                closedFrom = slackTime().minusSeconds(random.nextInt(600)).truncatedTo(ChronoUnit.SECONDS);
                if (!closedFrom.isAfter(since)) {
                    since = TestNewsroom.START;
                }
                closedUntil = closedFrom;
                closed = Optional.of(closedFrom.toString());
                note("settings", "closed: " + closedFrom);
            }
            case 5 -> {
                since = since.equals(TestNewsroom.START) && closed.isEmpty()
                        ? messages.get(random.nextInt(Math.min(4, messages.size())))
                                .time()
                                .plusSeconds(1)
                                .truncatedTo(ChronoUnit.SECONDS)
                        : TestNewsroom.START;
                note("settings", "since: " + since);
            }
            case 6 -> {
                publishesToTwo = !publishesToTwo;
                note("settings", publishesToTwo ? "publishes to two again" : "publishes to one only");
            }
            default -> {
                Modeled message = messages.get(random.nextInt(messages.size()));
                message.withdrawn = !message.withdrawn;
                message.changed();
                note("settings", (message.withdrawn ? "withdraws " : "withdraws no more ") + message);
            }
        }
        saveSettings();
    }

    /** Slack's clock goes on; the program's own jumps. */
    private void changeAClock() {
        var jump = Duration.ofMinutes(random.nextInt(240) - 120);
        note("clock", "the local clock jumps by " + jump);
        newsroom.clock.advance(jump);
        localClockAhead = localClockAhead.plus(jump);
        newsroom.slackIsAheadBy(localClockAhead.negated());
    }

    private void changeTheDatabase() {
        switch (random.nextInt(3)) {
            case 0 -> {
                note("database", "is copied");
                copy = Optional.of(newsroom.copiesItsDatabase());
            }
            case 1 -> {
                note("database", "is lost");
                newsroom.losesItsDatabase();
                messages.forEach(Modeled::databaseWasReplaced);
            }
            default ->
                copy.ifPresent(bytes -> {
                    note("database", "is restored from an earlier moment");
                    newsroom.putsBack(bytes);
                    messages.forEach(Modeled::databaseWasReplaced);
                });
        }
    }

    /** The plan's retention hides the oldest message, which cannot be changed any more. */
    private void hideOldMessagesByRetention() {
        messages.stream()
                .filter(message -> !message.isBeyondRetention)
                .findFirst()
                .ifPresent(oldest -> {
                    note("retention", "hides " + oldest);
                    oldest.isBeyondRetention = true;
                    // One message that vanishes may as well have been deleted.
                    oldest.changed();
                    newsroom.slack.hideBefore(MessageTimes.justAfter(oldest.ts));
                });
    }

    private void injectFault() {
        switch (random.nextInt(5)) {
            case 0 -> {
                note("fault", "Slack does not answer");
                newsroom.faults.next("*", Collections.nCopies(200, Fault.RESET).toArray(Fault[]::new));
            }
            case 1 -> {
                note("fault", "a storage is down");
                newsroom.storage(random.nextBoolean() ? "one" : "two").down(true);
            }
            case 2 -> {
                note("fault", "a storage is full");
                newsroom.storage(random.nextBoolean() ? "one" : "two").full(true);
            }
            case 3 -> {
                note("fault", "restart");
                newsroom.restart();
            }
            default -> {
                int call = 1 + random.nextInt(80);
                note("fault", "the process is killed at call " + call);
                calls.failAt(call, List.of(When.values()).get(random.nextInt(When.values().length)), Killed::new);
            }
        }
    }

    private void saveSettings() {
        messages.forEach(Modeled::rulesChanged);
        newsroom.publishesTo(publishesToTwo ? new String[] {"one", "two"} : new String[] {"one"});
        List<String> withdrawn = messages.stream()
                .filter(message -> message.withdrawn)
                .map(message -> '"' + message.ts + '"')
                .toList();
        String approval = needsApproval ? "approval: {approvers: [%s, %s]}".formatted(EDITOR, GROUP) : "approval: none";
        newsroom.lists(TestNewsroom.channel(
                        CHANNEL,
                        SLUG,
                        "%s, private-prefix: \"<#>\", withdraw: %s, hidden: %s%s"
                                .formatted(
                                        approval,
                                        withdrawn,
                                        isHidden,
                                        closed.map(time -> ", closed: " + time).orElse("")))
                .replace("since: " + TestNewsroom.START, "since: " + since));
        newsroom.savesSettings();
    }

    private void cycle() {
        try {
            CycleReport report = newsroom.cycle();
            boolean slackAnswered = report.incidents().isEmpty();
            if (slackAnswered && closed.isPresent() && closedUntil.equals(Instant.MAX)) {
                closedUntil = slackTime().plus(CLOCK_ACCURACY);
            }
        } catch (Killed e) {
            newsroom.restart();
        }
    }

    private Instant slackTime() {
        return newsroom.clock.instant().minus(localClockAhead);
    }

    private void note(String kind, String step) {
        happened.merge(kind, 1, Integer::sum);
        steps.add(slackTime() + " " + kind + " " + step);
    }

    // CHECKS

    private void recoverAndCheck() {
        assertThat(newsroom.live().problem()).as("problems of the settings").isEmpty();
        newsroom.faults.clear();
        calls.failAt(0, When.BEFORE, Killed::new);
        for (String name : List.of("one", "two")) {
            newsroom.storage(name).down(false);
            newsroom.storage(name).full(false);
        }
        AssertionError violation = null;
        for (int i = 0; i < MAX_CYCLES_TO_RECOVER && (i < 4 || violation != null); i++) {
            newsroom.clock.advance(Duration.ofSeconds(90));
            cycle();
            messages.forEach(Modeled::rulesChanged);
            violation = i < 3 ? null : firstViolation();
        }
        if (violation != null) {
            throw violation;
        }
        messages.forEach(Modeled::wasChecked);
        steps.add("-- checked");
    }

    private AssertionError firstViolation() {
        try {
            assertThat(newsroom.live().problem())
                    .as("a problem of the settings")
                    .isEmpty();
            for (String name : publishesToTwo ? List.of("one", "two") : List.of("one")) {
                check(new Site(newsroom.storage(name), SLUG));
            }
            return null;
        } catch (AssertionError e) {
            return e;
        }
    }

    private void check(Site site) {
        String everything = site.everything();
        if (isHidden) {
            assertThat(TEXT.matcher(everything).results().map(MatchResult::group))
                    .as("texts of the hidden chat on %s", site.name())
                    .isEmpty();
            return;
        }
        Map<String, JsonNode> shown = site.reader().messages();
        for (Modeled message : messages) {
            if (message.mustNotBePublic()) {
                String word = "m" + message.number + "v";
                assertThat(site.blobs().stream().filter(file -> new String(file.bytes(), UTF_8).contains(word)))
                        .as("%s is still on %s", message, site.name())
                        .extracting(file -> file.key().value())
                        .isEmpty();
            } else if (message.mustBePublic()) {
                assertThat(shown.containsKey(message.ts))
                        .as("%s is missing on %s", message, site.name())
                        .isTrue();
            }
        }
        if (needsApproval) {
            assertThat(TEXT.matcher(everything).results().map(MatchResult::group))
                    .as("texts on %s that were approved", site.name())
                    .isSubsetOf(everApproved);
        }
    }

    /** A message, and what follows from what people did with it and from the settings of every moment. */
    private final class Modeled {
        final int number = messages.size();
        final boolean isPrivate;
        final String ts;
        private final Map<String, Set<String>> reactions = new HashMap<>();
        private int version;
        private boolean deleted;
        private boolean withdrawn;
        private boolean isBeyondRetention;

        /** An earlier database may know it as not public, and then no loosened rule publishes it. */
        private boolean wasEverHidden;

        /** A member of the group approved it and has left: whether that approval is known is the database's matter. */
        private boolean approverLeft;

        /** False once a rule hid it, or while its state is not certain; true again once a site shows it. */
        private boolean isClear = true;

        Modeled(boolean isPrivate) {
            this.isPrivate = isPrivate;
            this.ts = newsroom.slack.post(CHANNEL, REPORTER, (isPrivate ? PRIVATE_PREFIX : "") + text());
            newsroom.clock.advance(Duration.ofMillis(1_100));
            rulesChanged();
        }

        void edit() {
            version++;
            note("edit", toString());
            newsroom.slack.edit(CHANNEL, ts, REPORTER, (isPrivate ? PRIVATE_PREFIX : "") + text());
            changed();
        }

        void delete() {
            // The oldest messages may leave by the plan's retention, which is no deletion.
            if (number > 10) {
                note("delete", toString());
                newsroom.slack.delete(CHANNEL, ts);
                deleted = true;
            }
        }

        void react(String emoji, String person) {
            if (by(emoji).add(person)) {
                note("react", person + " " + emoji + " " + this);
                newsroom.slack.react(CHANNEL, ts, person, emoji);
                if (isApprovedNow()) {
                    everApproved.add(text());
                }
                if (emoji.equals("no_entry")) {
                    changed();
                }
            }
        }

        void unreact() {
            for (var entry : reactions.entrySet()) {
                for (String person : Set.copyOf(entry.getValue())) {
                    note("unreact", person + " " + entry.getKey() + " " + this);
                    newsroom.slack.unreact(CHANNEL, ts, person, entry.getKey());
                    entry.getValue().remove(person);
                }
            }
            approverLeft = false;
            changed();
        }

        void groupChanged() {
            if (by("white_check_mark").contains(SECOND_EDITOR)) {
                if (secondIsInGroup) {
                    everApproved.add(text());
                }
                approverLeft = true;
                changed();
            }
        }

        void databaseWasReplaced() {
            if (isBeyondRetention || version > 0 || approverLeft || wasEverHidden) {
                changed();
            }
        }

        /** What waits for an approval is not published by a rule that no longer asks for one. */
        void approvalChanges() {
            if (!isApprovedNow()) {
                changed();
            }
        }

        void rulesChanged() {
            if (isHidden || isHiddenByRule() || isRejected()) {
                changed();
            }
        }

        void changed() {
            wasEverHidden = true;
            isClear = false;
        }

        void wasChecked() {
            if (!isHidden
                    && version == 0
                    && !isBeyondRetention
                    && new Site(newsroom.storage("one"), SLUG)
                            .reader()
                            .messages()
                            .containsKey(ts)) {
                isClear = true;
            }
        }

        boolean mustNotBePublic() {
            return (deleted && !isBeyondRetention)
                    || isPrivate
                    || withdrawn
                    || time().isBefore(since)
                    || (closed.isPresent() && time().isAfter(closedUntil))
                    || (needsApproval && !isApprovedNow() && !approverLeft && !isBeyondRetention)
                    || (isRejected() && !isBeyondRetention);
        }

        boolean mustBePublic() {
            return isClear && !mustNotBePublic() && !isHiddenByRule() && (!needsApproval || isApprovedNow());
        }

        private boolean isHiddenByRule() {
            return deleted
                    || isPrivate
                    || withdrawn
                    || time().isBefore(since)
                    || (closed.isPresent() && !time().isBefore(closedFrom));
        }

        private boolean isApprovedNow() {
            Set<String> people = by("white_check_mark");
            return people.contains(EDITOR) || (secondIsInGroup && people.contains(SECOND_EDITOR));
        }

        /** Also without approval: then anybody may reject. */
        private boolean isRejected() {
            return !by("no_entry").isEmpty();
        }

        private Set<String> by(String emoji) {
            return reactions.computeIfAbsent(emoji, any -> new HashSet<>());
        }

        Instant time() {
            return MessageTimes.of(ts);
        }

        private String text() {
            return "m" + number + "v" + version + "x";
        }

        @Override
        public String toString() {
            return text() + " (" + ts + ", " + reactions + ")";
        }
    }

    /** Times of messages. */
    private static final class MessageTimes {
        static Instant of(String ts) {
            return new MessageTs(ts).instant();
        }

        static String justAfter(String ts) {
            int dot = ts.indexOf('.');
            return ts.substring(0, dot + 1) + "%06d".formatted(Integer.parseInt(ts.substring(dot + 1)) + 1);
        }
    }
}
