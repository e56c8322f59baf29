package org.chatpress.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What people say and do in a channel in which two editors approve, by chance, and beside it a simple idea of what may be
 * public and what must be. It knows nothing of how the press works.
 */
public final class RandomActivity {
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

    private final FakeWorkspace slack;
    private final Random random;
    private final List<ModeledMessage> messages = new ArrayList<>();

    /** Texts that an approver has approved at some time, or written over approved ones. */
    private final Set<String> everApproved = ConcurrentHashMap.newKeySet();

    private int headlines;

    /** @param slack with the newsroom's channel and people */
    public RandomActivity(FakeWorkspace slack, Random random) {
        this.slack = slack;
        this.random = random;
        slack.person("U0READER", "Rita Reader");
        // The oldest message stays: a run of missing ones at the old end may be the plan's retention.
        messages.add(new ModeledMessage());
    }

    /** Does one random thing. True if it changed the settings. */
    public boolean act() {
        int dice = random.nextInt(100);
        if (messages.size() < 5 || dice < 25) {
            messages.add(new ModeledMessage());
            return false;
        }
        ModeledMessage said = messages.get(1 + random.nextInt(messages.size() - 1));
        if (said.deleted) {
            return false;
        }
        if (dice < 37) {
            said.edit(random.nextInt(4) == 0 ? EDITOR : REPORTER);
        } else if (dice < 42) {
            said.delete();
        } else if (dice < 44) {
            said.withdrawn = true;
            said.changed();
            return true;
        } else if (dice < 46) {
            headlines++;
            return true;
        } else {
            said.react(any(PEOPLE), any(EMOJI), random.nextInt(4) == 0);
        }
        return false;
    }

    /** The channel's entry in the settings as it should be now. */
    public String settings(String slug) {
        List<String> withdrawn = messages.stream()
                .filter(said -> said.withdrawn)
                .map(said -> '"' + said.ts + '"')
                .toList();
        String formats = ", formats: [json-feed, html, share-pages]";
        return TestNewsroom.channel(CHANNEL, slug, TestNewsroom.approval("") + ", withdraw: " + withdrawn + formats)
                .replace("Election night", headline());
    }

    /** A cycle has read everything as it is now. */
    public void wasPolled() {
        messages.forEach(ModeledMessage::wasPolled);
    }

    /** A cycle may have read everything as it is now, or as it was before. */
    public void mayHaveBeenPolled() {
        messages.forEach(ModeledMessage::mayHaveBeenPolled);
    }

    /** Fails if a site shows what must not be seen, or lacks what must be, once it had the time to follow. */
    public void assertCorrectOn(Site site, String when) {
        Map<String, JsonNode> shown = site.reader().messages();
        String everything = site.everything();
        for (ModeledMessage said : messages) {
            String where = "message %s on %s %s".formatted(said, site.name(), when);
            if (said.mustNotBePublic()) {
                assertThat(shown).as(where).doesNotContainKey(said.ts);
                assertThat(everything).as(where).doesNotContain("m" + said.number + "v");
            } else if (said.mustBePublic != null) {
                assertThat(shown).as(where).containsKey(said.ts);
                assertThat(shown.get(said.ts).path("text").asText()).as(where).isEqualTo(said.mustBePublic);
            }
        }
        assertThat(site.reader().whole().path("messages"))
                .as("the whole chat's file on %s %s", site.name(), when)
                .hasSameSizeAs(shown.values());
        assertThat(site.reader().pointer().at("/channel/headline").asText()).isEqualTo(headline());
    }

    /** The texts in a file that were never approved. */
    public List<String> unapprovedTexts(String file) {
        return TEXT.matcher(file)
                .results()
                .map(MatchResult::group)
                .filter(text -> !everApproved.contains(text))
                .toList();
    }

    private String headline() {
        return "headline " + headlines;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A message, and what follows from what people did with it. Knows nothing of how the press works. */
    private final class ModeledMessage {
        private final int number = messages.size();
        private final String ts = slack.post(CHANNEL, REPORTER, textOf(0));
        private final Map<String, Set<String>> reactions = new HashMap<>();
        private int version;
        private boolean deleted;
        private boolean withdrawn;

        /** A text that everybody knows to be approved; null if that is not so clear. */
        private String mustBePublic;

        /** What became of it since it was last read for sure: the approval of a known text, or something else too. */
        private boolean known;

        private boolean freshlyApproved;
        private int changes;

        void edit(String editor) {
            version++;
            if (isApprover(editor)) {
                // An approver's own edit of what is approved is approved.
                mustBePublic = null;
                if (isApproved()) {
                    everApproved.add(text());
                }
            }
            slack.edit(CHANNEL, ts, editor, text());
            if (changes > 0) {
                mustBePublic = null;
            }
            changed();
        }

        void delete() {
            slack.delete(CHANNEL, ts);
            deleted = true;
            mustBePublic = null;
            changed();
        }

        void react(String person, String emoji, boolean away) {
            Set<String> people = reactions.computeIfAbsent(emoji, e -> new HashSet<>());
            if (away ? !people.contains(person) : people.contains(person)) {
                return;
            }
            boolean approves = isApprover(person) && emoji.contains("check_mark");
            if (away) {
                slack.unreact(CHANNEL, ts, person, emoji);
                people.remove(person);
                if (!emoji.equals("tada")) {
                    mustBePublic = null;
                }
            } else {
                people.add(person);
                if (approves) {
                    everApproved.add(text());
                    freshlyApproved = changes == 0 && known;
                    if (changes > 0 || !text().equals(mustBePublic)) {
                        mustBePublic = null;
                    }
                }
                if (emoji.equals("no_entry") || emoji.equals("hourglass")) {
                    mustBePublic = null;
                }
                slack.react(CHANNEL, ts, person, emoji);
            }
            changed();
        }

        void changed() {
            changes++;
            if (withdrawn) {
                mustBePublic = null;
            }
        }

        /** A cycle has read it as it is now. */
        void wasPolled() {
            if (freshlyApproved && changes == 1 && !mustNotBePublic()) {
                mustBePublic = text();
            }
            known = true;
            freshlyApproved = false;
            changes = 0;
        }

        /** A cycle may have read it as it is now, or as it was before: what follows from that is not so clear. */
        void mayHaveBeenPolled() {
            if (changes > 0) {
                changes = 2;
            }
        }

        boolean mustNotBePublic() {
            return deleted
                    || withdrawn
                    || !isApproved()
                    || by("no_entry").stream().anyMatch(this::isApprover)
                    || by("hourglass").stream().anyMatch(person -> isApprover(person) || person.equals(REPORTER));
        }

        @Override
        public String toString() {
            return "%s %s marks %s%s%s"
                    .formatted(ts, text(), reactions, deleted ? ", deleted" : "", withdrawn ? ", withdrawn" : "");
        }

        private boolean isApproved() {
            return by("white_check_mark").stream().anyMatch(this::isApprover)
                    || by("heavy_check_mark").stream().anyMatch(this::isApprover);
        }

        private Set<String> by(String emoji) {
            return reactions.getOrDefault(emoji, Set.of());
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
