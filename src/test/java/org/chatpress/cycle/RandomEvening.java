package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.Newsroom.CHANNEL;
import static org.chatpress.support.Newsroom.EDITOR;
import static org.chatpress.support.Newsroom.REPORTER;
import static org.chatpress.support.Newsroom.SECOND_EDITOR;
import static org.chatpress.support.Newsroom.SLUG;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.slack.Slack;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Storage;
import org.chatpress.store.Store;
import org.chatpress.support.BreakingPoint;
import org.chatpress.support.BreakingPoint.Killed;
import org.chatpress.support.BreakingPoint.When;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.Newsroom;
import org.chatpress.support.Reader;
import org.chatpress.support.Trouble;

/**
 * Evenings in which anything may happen: people post, edit, delete, approve, reject and hold; Slack and the storages get
 * into trouble; processes are killed, settings change, the clock jumps. Beside the press stands a simple idea of what
 * may be public and what must be, and readers look at every change of every storage.
 */
final class RandomEvening implements AutoCloseable {
    private static final int CYCLES = 125;
    private static final int ACTIONS_A_CYCLE = 3;
    private static final int CYCLES_BETWEEN_LULLS = 12;
    private static final List<String> STORAGES = List.of("one", "two");
    private static final List<String> PEOPLE = List.of(REPORTER, EDITOR, SECOND_EDITOR, "U0READER");
    private static final List<String> EMOJI = List.of(
            "white_check_mark",
            "white_check_mark",
            "white_check_mark",
            "white_check_mark",
            "heavy_check_mark",
            "heavy_check_mark",
            "no_entry",
            "hourglass",
            "tada");
    private static final Pattern TEXT = Pattern.compile("m[0-9]+v[0-9]+x");

    final List<Said> messages = new ArrayList<>();

    /** Texts that an approver has approved at some time, or written over approved ones. */
    final Set<String> everApproved = ConcurrentHashMap.newKeySet();

    final List<String> wrong = new CopyOnWriteArrayList<>();
    final Set<Blob> looked = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    final Map<String, JsonNode> lastPointers = new ConcurrentHashMap<>();
    final BreakingPoint calls =
            new BreakingPoint("put", "delete", "history", "message", "person", "executeUpdate", "commit");

    final Newsroom newsroom;
    final Random random;
    int headlines;

    /** @param folder for the settings and the database */
    RandomEvening(Path folder, long seed) {
        newsroom = new Newsroom(folder).publishesTo("one", "two");
        random = new Random(seed);
        asksSlackThrough(UnaryOperator.identity()).usesStoragesThrough(UnaryOperator.identity());
    }

    /** What else lies between the press and Slack: a fault of the press, planted to see it found. */
    RandomEvening asksSlackThrough(UnaryOperator<Slack> fault) {
        newsroom.asksSlackThrough(real -> fault.apply(calls.through(Slack.class, real)));
        return this;
    }

    /** Likewise between the press and its storages. */
    RandomEvening usesStoragesThrough(UnaryOperator<Storage> fault) {
        newsroom.usesStoragesThrough(real -> fault.apply(calls.through(Storage.class, real)));
        return this;
    }

    /** Cycle after cycle; fails at the first thing that is not as it must be. */
    void passes() {
        open();
        for (int cycle = 1; cycle <= CYCLES; cycle++) {
            for (int i = 0; i < ACTIONS_A_CYCLE; i++) {
                somebodyActs();
            }
            boolean slackIsWell = !somethingBreaks();
            boolean ended = cycle();
            if (slackIsWell && ended) {
                messages.forEach(Said::wasRead);
            } else {
                messages.forEach(Said::mayHaveBeenRead);
            }
            if (cycle % CYCLES_BETWEEN_LULLS == 0) {
                lull();
                whatReadersSeeIsRight(cycle);
            }
            assertThat(wrong).as("cycle %d", cycle).isEmpty();
        }
    }

    @Override
    public void close() {
        newsroom.close();
    }

    private void open() {
        newsroom.slack.person("U0READER", "Rita Reader");
        newsroom.opens(() -> Store.open(newsroom.database(), "a test", real -> calls.through(Connection.class, real)));
        STORAGES.forEach(name -> newsroom.storage(name).onChange(this::look));
        settings();
        // The oldest message stays: a run of missing ones at the old end may be the plan's retention.
        messages.add(new Said());
    }

    // WHAT HAPPENS

    private void somebodyActs() {
        int dice = random.nextInt(100);
        if (messages.size() < 5 || dice < 25) {
            messages.add(new Said());
            return;
        }
        Said said = messages.get(1 + random.nextInt(messages.size() - 1));
        if (said.deleted) {
            return;
        }
        if (dice < 37) {
            said.edit(random.nextInt(4) == 0 ? EDITOR : REPORTER);
        } else if (dice < 42) {
            said.delete();
        } else if (dice < 44) {
            said.withdrawn = true;
            said.touched();
            settings();
        } else if (dice < 46) {
            headlines++;
            settings();
        } else {
            said.mark(any(PEOPLE), any(EMOJI), random.nextInt(4) == 0);
        }
    }

    /** True if it may have kept Slack from answering well, or the process from reading all of it. */
    private boolean somethingBreaks() {
        switch (random.nextInt(24)) {
            case 0 -> newsroom.storage(any(STORAGES)).down(true);
            case 1, 2 -> STORAGES.forEach(name -> newsroom.storage(name).down(false));
            case 3 -> newsroom.storage(any(STORAGES)).failAfter(random.nextInt(6), unavailable());
            case 4 -> newsroom.storage(any(STORAGES)).loseNextAnswer(unavailable());
            case 5 -> newsroom.restart();
            case 6 -> newsroom.clock.advance(Duration.ofMinutes(random.nextInt(40)));
            case 7 -> newsroom.clock.advance(Duration.ofSeconds(-random.nextInt(120)));
            case 8, 9, 10 -> {
                newsroom.slack.trouble(
                        any(List.of("*", "conversations.history", "conversations.replies", "users.info")),
                        any(List.of(
                                Trouble.TOO_MANY,
                                Trouble.SERVER_ERROR,
                                Trouble.HTML_PAGE,
                                Trouble.HALF_ANSWER,
                                Trouble.HALF_JSON,
                                Trouble.RESET,
                                Trouble.EMPTY_PAGE,
                                Trouble.EMPTY_PAGE_OF_MORE,
                                Trouble.EMPTY_BODY,
                                Trouble.notOk("fatal_error"))));
                return true;
            }
            case 11, 12, 13 -> {
                int n = 1 + random.nextInt(random.nextBoolean() ? 15 : 200);
                calls.breakAt(n, any(List.of(When.values())), Killed::new);
                return true;
            }
            default -> {}
        }
        return false;
    }

    /** False if it ended early. */
    private boolean cycle() {
        try {
            newsroom.cycle();
            return true;
        } catch (Killed e) {
            newsroom.restart();
            return false;
        }
    }

    /** Everything is well for a while. */
    private void lull() {
        newsroom.slack.endTrouble();
        calls.breakAt(0, When.BEFORE, Killed::new);
        for (String name : STORAGES) {
            newsroom.storage(name).down(false);
            newsroom.storage(name).failNext(null);
            newsroom.storage(name).loseNextAnswer(null);
        }
        for (int i = 0; i < 5; i++) {
            newsroom.clock.advance(Duration.ofSeconds(90));
            cycle();
            messages.forEach(Said::wasRead);
        }
    }

    private void settings() {
        String withdrawn = messages.stream()
                .filter(said -> said.withdrawn)
                .map(said -> '"' + said.ts + '"')
                .collect(Collectors.joining(", "));
        newsroom.lists(Newsroom.channel(CHANNEL, SLUG, Newsroom.approval("") + ", withdraw: [" + withdrawn + "]")
                .replace("Election night", "headline " + headlines));
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static RemoteFailure unavailable() {
        return RemoteFailure.unavailable("cannot be reached", (Throwable) null);
    }

    // WHAT READERS SEE

    private void whatReadersSeeIsRight(int cycle) {
        for (String name : STORAGES) {
            Map<String, JsonNode> shown = newsroom.reader(name, SLUG).messages();
            for (Said said : messages) {
                String where = "message %s on %s after cycle %d".formatted(said, name, cycle);
                if (said.mustNotBeSeen()) {
                    assertThat(shown).as(where).doesNotContainKey(said.ts);
                    assertThat(newsroom.storage(name).everything()).as(where).doesNotContain("m" + said.number + "v");
                } else if (said.mustBeSeen != null) {
                    assertThat(shown).as(where).containsKey(said.ts);
                    assertThat(shown.get(said.ts).path("text").asText())
                            .as(where)
                            .isEqualTo(said.mustBeSeen);
                }
            }
            assertThat(newsroom.reader(name, SLUG).whole().path("messages"))
                    .as("the whole chat's file on %s after cycle %d", name, cycle)
                    .hasSameSizeAs(shown.values());
            assertThat(newsroom.reader(name, SLUG)
                            .pointer()
                            .at("/channel/headline")
                            .asText())
                    .isEqualTo("headline " + headlines);
        }
    }

    private void look(MemoryStorage storage) {
        String pointer = SLUG + "/live.json";
        try {
            if (storage.keys().contains(pointer)) {
                var reader = new Reader(storage, SLUG);
                reader.messages();
                JsonNode now = reader.pointer();
                JsonNode before = lastPointers.put(storage.name(), now);
                if (before != null && before.path("epoch").equals(now.path("epoch"))) {
                    assertThat(now.path("seq").asLong())
                            .as("seq never goes back")
                            .isGreaterThanOrEqualTo(before.path("seq").asLong());
                }
            }
        } catch (AssertionError | RuntimeException e) {
            wrong.add(storage.name() + ": " + e.getMessage());
        }
        for (String key : storage.keys()) {
            if (looked.add(storage.blob(key).orElseThrow())) {
                TEXT.matcher(storage.text(key))
                        .results()
                        .map(MatchResult::group)
                        .filter(text -> !everApproved.contains(text))
                        .forEach(text -> wrong.add(text + " is in " + key + " and was never approved"));
            }
        }
    }

    /** A message, and what follows from what people did with it. Knows nothing of how the press works. */
    private final class Said {
        final int number = messages.size();
        final String ts = newsroom.slack.post(CHANNEL, REPORTER, textOf(0));
        final Map<String, Set<String>> marks = new HashMap<>();
        int version;
        boolean deleted;
        boolean withdrawn;

        /** A text that everybody knows to be approved; null if that is not so clear. */
        String mustBeSeen;

        /** What became of it since it was last read for sure: the approval of a known text, or something else too. */
        private boolean known;

        private boolean freshlyApproved;
        private int touches;

        void edit(String editor) {
            version++;
            newsroom.slack.edit(CHANNEL, ts, editor, text());
            if (isApprover(editor)) {
                // An approver's own edit of what is approved is approved.
                mustBeSeen = null;
                if (isApproved()) {
                    everApproved.add(text());
                }
            }
            if (touches > 0) {
                mustBeSeen = null;
            }
            touched();
        }

        void delete() {
            newsroom.slack.delete(CHANNEL, ts);
            deleted = true;
            mustBeSeen = null;
            touched();
        }

        void mark(String person, String emoji, boolean away) {
            Set<String> people = marks.computeIfAbsent(emoji, e -> new HashSet<>());
            if (away ? !people.contains(person) : people.contains(person)) {
                return;
            }
            boolean approves = isApprover(person) && emoji.contains("check_mark");
            if (away) {
                newsroom.slack.unreact(CHANNEL, ts, person, emoji);
                people.remove(person);
                if (!emoji.equals("tada")) {
                    mustBeSeen = null;
                }
            } else {
                newsroom.slack.react(CHANNEL, ts, person, emoji);
                people.add(person);
                if (approves) {
                    everApproved.add(text());
                    freshlyApproved = touches == 0 && known;
                    if (touches > 0 || !text().equals(mustBeSeen)) {
                        mustBeSeen = null;
                    }
                }
                if (emoji.equals("no_entry") || emoji.equals("hourglass")) {
                    mustBeSeen = null;
                }
            }
            touched();
        }

        void touched() {
            touches++;
            if (withdrawn) {
                mustBeSeen = null;
            }
        }

        /** A cycle has read it as it is now. */
        void wasRead() {
            if (freshlyApproved && touches == 1 && !mustNotBeSeen()) {
                mustBeSeen = text();
            }
            known = true;
            freshlyApproved = false;
            touches = 0;
        }

        /** A cycle may have read it as it is now, or as it was before: what follows from that is not so clear. */
        void mayHaveBeenRead() {
            if (touches > 0) {
                touches = 2;
            }
        }

        boolean mustNotBeSeen() {
            return deleted
                    || withdrawn
                    || !isApproved()
                    || by("no_entry").stream().anyMatch(this::isApprover)
                    || by("hourglass").stream().anyMatch(person -> isApprover(person) || person.equals(REPORTER));
        }

        @Override
        public String toString() {
            return "%s %s marks %s%s%s"
                    .formatted(ts, text(), marks, deleted ? ", deleted" : "", withdrawn ? ", withdrawn" : "");
        }

        private boolean isApproved() {
            return by("white_check_mark").stream().anyMatch(this::isApprover)
                    || by("heavy_check_mark").stream().anyMatch(this::isApprover);
        }

        private Set<String> by(String emoji) {
            return marks.getOrDefault(emoji, Set.of());
        }

        private boolean isApprover(String person) {
            return person.equals(EDITOR) || person.equals(SECOND_EDITOR);
        }

        private String text() {
            return textOf(version);
        }

        private String textOf(int which) {
            return "m" + number + "v" + which + "x";
        }
    }
}
