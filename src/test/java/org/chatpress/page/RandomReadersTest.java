package org.chatpress.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;

/**
 * A random evening, always the same: people post, approve, edit and delete; readers look now and then, through edges of
 * a CDN that keep what they have as long as they may and so are behind one another; they are cut off, sleep, and change
 * their edge. At any time a reader sees what the program published at some moment, never an older one than before; in
 * the end all see the same as a reader who comes then.
 */
class RandomReadersTest extends WithBrowser {
    /** The soak takes more. */
    private static final int STEPS = Integer.getInteger("readers.steps", 600);

    private static final List<String> READERS = List.of("r0", "r1", "r2", "r3", "r4", "r5");
    private static final Pattern LIFETIME = Pattern.compile("s-maxage=([0-9]+)");

    private final Random random = new Random(20261103);
    private final List<Edge> edges = List.of(new Edge(), new Edge(), new Edge());
    private final Map<String, Edge> edgeOf = new ConcurrentHashMap<>();
    private final List<String> messages = new ArrayList<>();

    /** What was published, one after another: texts by id. */
    private final List<TreeMap<String, String>> published = new ArrayList<>();

    /** Which of them each reader saw last. */
    private final Map<String, Integer> seen = new HashMap<>();

    private int texts;
    private int views;
    private int failures;

    @Test
    void endsWithTheRightViewForEveryReader() {
        newsroom.says(TestNewsroom.approval(""));
        site.close();
        site = new Site(
                reader -> key -> edgeOf.getOrDefault(reader, edges.get(0)).fetch(key));
        post();
        publish();
        var elements = new StringBuilder();
        for (String reader : READERS) {
            edgeOf.put(reader, any(edges));
            elements.append(
                    "<live-chat id=\"%s\" src=\"%s\"></live-chat>".formatted(reader, site.pointer(reader, SLUG)));
        }
        page.navigate(site.page("chat.html", elements.toString()));
        // No reader scrolls: all read the newest messages, and none waits.
        page.evaluate("window.seen = {}; window.scrollBy = () => {};");

        for (int step = 0; step < STEPS; step++) {
            somethingHappens();
            if (step == STEPS / 2) {
                newsroom.losesItsDatabase();
            }
        }

        edges.forEach(Edge::isWellAgain);
        publish();
        newsroom.clock.advance(Duration.ofHours(1));
        publish();
        List<String> newcomer = whatANewcomerSees();
        for (String reader : READERS) {
            look(reader);
            NavigableMap<String, String> shown = whatIsSeen(reader);
            assertThat(shown).isEqualTo(published.get(published.size() - 1).tailMap(shown.firstKey()));
            assertThat(articles(page, reader)).startsWith(newcomer.toArray(String[]::new));
        }
        assertThat(views).as("looks that showed something").isGreaterThan(STEPS / 4);
        assertThat(failures).as("looks through a broken connection").isGreaterThan(STEPS / 100);
        assertThat(site.downloads().stream()
                        .filter(file -> file.status() == 404 && file.key().contains("/i/")))
                .as("files that were gone")
                .isNotEmpty();
        assertThat(pageErrors).isEmpty();
    }

    private void somethingHappens() {
        String reader = any(READERS);
        int dice = random.nextInt(100);
        if (dice < 40) {
            act();
        } else if (dice < 57) {
            publish();
        } else if (dice < 60) {
            edgeOf.put(reader, any(edges));
        } else if (dice < 62) {
            any(edges).isCutOff ^= true;
        } else if (dice < 64) {
            newsroom.clock.advance(Duration.ofSeconds(random.nextInt(400)));
        } else if (dice < 66) {
            page.evaluate("reader => document.getElementById(reader).querySelector('.lc-earlier').click()", reader);
        } else {
            look(reader);
            checkWhatIsSeen(reader);
        }
    }

    // THE NEWSROOM

    private void act() {
        int dice = random.nextInt(100);
        String ts = any(messages);
        if (dice < 50) {
            post();
        } else if (dice < 65) {
            newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        } else if (dice < 75) {
            newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        } else if (dice < 95) {
            newsroom.slack.edit(CHANNEL, ts, EDITOR, "text " + texts++);
        } else if (messages.size() > 1) {
            // The oldest stays: a run of missing ones at the old end may be the plan's retention.
            newsroom.slack.delete(CHANNEL, messages.remove(1 + random.nextInt(messages.size() - 1)));
        }
    }

    private void post() {
        newsroom.clock.advance(Duration.ofSeconds(1));
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "text " + texts++);
        messages.add(ts);
        if (random.nextInt(4) > 0) {
            newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        }
    }

    private void publish() {
        newsroom.cycle();
        if (newsroom.storage().keys().contains(SLUG + "/live.json")) {
            var shown = new TreeMap<String, String>();
            newsroom.reader()
                    .messages()
                    .forEach((id, message) -> shown.put(id, message.path("text").asText()));
            if (published.isEmpty() || !shown.equals(published.get(published.size() - 1))) {
                published.add(shown);
            }
        }
    }

    // THE READERS

    /**
     * An edge of a CDN: it keeps a file as long as its header allows, and for a second that there is none; each seventh
     * file that should never change is not there yet.
     */
    private final class Edge implements Site.Cache {
        private final Map<String, Kept> kept = new ConcurrentHashMap<>();
        private final AtomicInteger asked = new AtomicInteger();
        private volatile boolean isCutOff;
        private volatile boolean isWell;

        void isWellAgain() {
            isCutOff = false;
            isWell = true;
        }

        @Override
        public Optional<StoredObject> fetch(String key) throws Site.CutOff {
            if (isCutOff) {
                throw new Site.CutOff();
            }
            Kept known = kept.get(key);
            if (known == null || !known.until().isAfter(now())) {
                boolean isLate = !isWell && key.contains("/i/") && asked.incrementAndGet() % 7 == 0;
                Optional<StoredObject> object =
                        isLate ? Optional.empty() : newsroom.storage().blob(key);
                known = new Kept(
                        object, now().plusSeconds(object.map(Edge::lifetime).orElse(1)));
                kept.put(key, known);
            }
            return known.object();
        }

        private static int lifetime(StoredObject object) {
            Matcher lifetime = LIFETIME.matcher(object.cacheControl());
            return lifetime.find() ? Integer.parseInt(lifetime.group(1)) : 0;
        }
    }

    private record Kept(Optional<StoredObject> object, Instant until) {}

    /** Looks; while the page asks again and again for a file that is gone, its clock goes on. */
    private void look(String reader) {
        page.evaluate("""
                reader => {
                  seen[reader] = false;
                  document.getElementById(reader).look().then(() => { seen[reader] = true; });
                }""", reader);
        while (!(boolean) page.evaluate("reader => seen[reader]", reader)) {
            page.clock().runFor(200);
            newsroom.clock.advance(Duration.ofMillis(200));
        }
    }

    /** Every message from some point on, as it was at one moment of publishing, not before what was seen last. */
    private void checkWhatIsSeen(String reader) {
        NavigableMap<String, String> shown = whatIsSeen(reader);
        boolean isConnected = "live".equals(page.getAttribute("#" + reader, "data-state"));
        if (!isConnected) {
            failures++;
        }
        if (shown.isEmpty()) {
            return;
        }
        views++;
        int moment = seen.getOrDefault(reader, 0);
        while (moment < published.size()
                && !published.get(moment).tailMap(shown.firstKey()).equals(shown)) {
            moment++;
        }
        assertThat(moment)
                .as("%s sees what was published after moment %s: %s", reader, seen.get(reader), shown)
                .isLessThan(published.size());
        seen.put(reader, moment);
    }

    @SuppressWarnings("unchecked")
    private NavigableMap<String, String> whatIsSeen(String reader) {
        return new TreeMap<>((Map<String, String>) page.evaluate("""
                reader => Object.fromEntries(
                  [...document.getElementById(reader).querySelectorAll(".lc-feed > .lc-message")].map((article) =>
                    [article.dataset.id, article.querySelector(".lc-words").textContent]))""", reader));
    }

    private List<String> whatANewcomerSees() {
        Page other = newPage(new Browser.NewContextOptions().setViewportSize(800, 600));
        open(other, "id=\"newcomer\"");
        List<String> articles = articles(other, "newcomer");
        other.context().close();
        assertThat(articles).hasSizeGreaterThan(20);
        return articles;
    }

    private static List<String> articles(Page page, String reader) {
        return page.locator("#" + reader + " .lc-feed > .lc-message").all().stream()
                .map(article -> (String) article.evaluate("article => article.outerHTML"))
                .map(html -> html.replaceAll("aria-setsize=\"[^\"]*\"", ""))
                .toList();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
