package org.chatpress.cycle;

import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.chatpress.storage.StoredObject;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.SiteReader;
import org.chatpress.support.TestNewsroom;

/**
 * An evening of a newsroom with two storages, always the same: scene after scene, each followed by a cycle. Readers look
 * after every single change of a storage: whatever the pointer names is there and whole, and nothing is anywhere that
 * nobody approved.
 */
final class Evening implements AutoCloseable {
    static final List<String> STORAGES = List.of("one", "two");
    static final String DESK = "S0DESK";
    private static final String TICKER = "C0TICKER";
    private static final String TICKER_SLUG = "ticker";
    private static final Pattern ITEM = Pattern.compile("item-[0-9]+[a-z]?");

    final TestNewsroom newsroom;
    private final Map<String, Runnable> scenes = new LinkedHashMap<>();
    private final Map<Integer, String> items = new HashMap<>();
    private final Set<String> approved = ConcurrentHashMap.newKeySet();
    private final Set<StoredObject> looked =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final List<String> wrong = new CopyOnWriteArrayList<>();

    Evening(Path folder) {
        newsroom = new TestNewsroom(folder).publishesTo("one", "two");
        newsroom.slack.channel(TICKER);
        newsroom.slack.group(DESK, SECOND_EDITOR);
        lists("Election night", "approval: none, delay: 15s");
        STORAGES.forEach(name -> newsroom.storage(name).onChange(this::look));
        write();
    }

    private void write() {
        scenes.put("the first messages come in", () -> {
            for (int i = 1; i <= 8; i++) {
                post(i);
            }
            newsroom.slack.post(TICKER, REPORTER, approved("item-9001"));
        });
        scenes.put("an editor and a member of the desk approve some", () -> {
            approve(1, EDITOR);
            approve(3, SECOND_EDITOR);
            approve(5, EDITOR);
            approve(8, EDITOR);
        });
        scenes.put("an approved message is edited", () -> edit(1, "item-1b"));
        scenes.put("a late approval falls into the middle", () -> {
            approve(2, EDITOR);
            newsroom.slack.post(TICKER, REPORTER, approved("item-9002"));
        });
        scenes.put("the edit is approved too", () -> {
            approved("item-1b");
            newsroom.slack.react(CHANNEL, items.get(1), SECOND_EDITOR, "white_check_mark");
        });
        scenes.put("more than a page comes in at once", () -> {
            for (int i = 100; i < 330; i++) {
                post(i);
                if (i % 5 != 0) {
                    approve(i, i % 2 == 0 ? EDITOR : SECOND_EDITOR);
                }
            }
        });
        scenes.put("some are approved late, in the middle of full pages", () -> {
            approve(105, EDITOR);
            approve(200, EDITOR);
        });
        scenes.put("some are deleted, old and new", () -> {
            newsroom.slack.delete(CHANNEL, items.get(3));
            newsroom.slack.delete(CHANNEL, items.get(211));
        });
        scenes.put("one is rejected, one loses its approval", () -> {
            newsroom.slack.react(CHANNEL, items.get(318), EDITOR, "no_entry");
            newsroom.slack.unreact(CHANNEL, items.get(312), EDITOR, "white_check_mark");
        });
        scenes.put("the chat gets another headline", () -> lists("The morning after", "approval: none, delay: 15s"));
        scenes.put("the reporter is called otherwise, a day later", () -> {
            newsroom.slack.person(REPORTER, "Rosa Reporter-Smith");
            newsroom.clock.advance(Duration.ofHours(25));
            post(400);
            approve(400, EDITOR);
        });
        scenes.put("what was rejected is approved anew, and more is said", () -> {
            newsroom.slack.unreact(CHANNEL, items.get(318), EDITOR, "no_entry");
            newsroom.slack.react(CHANNEL, items.get(318), SECOND_EDITOR, "heavy_check_mark");
            for (int i = 401; i < 412; i++) {
                post(i);
                approve(i, EDITOR);
            }
        });
        scenes.put("the ticker is hidden", () -> lists("The morning after", "approval: none, hidden: true"));
        scenes.put(
                "what nobody refers to any more is out of grace", () -> newsroom.clock.advance(Duration.ofMinutes(16)));
        scenes.put("all is quiet", () -> {});
    }

    /** What happens before each cycle; run in this order. */
    List<Runnable> scenes() {
        return List.copyOf(scenes.values());
    }

    /** Every file of every storage as text, without the random word in the pointer. */
    Map<String, String> files() {
        var files = new TreeMap<String, String>();
        for (String name : STORAGES) {
            MemoryStorage storage = newsroom.storage(name);
            for (String key : storage.keys()) {
                files.put(name + " " + key, storage.text(key).replaceAll("\"epoch\":\"[^\"]*\"", "\"epoch\":\"\""));
            }
        }
        return files;
    }

    /** What a reader of each storage sees, but for what may differ: when it was first published. */
    Map<String, List<String>> seen() {
        var seen = new TreeMap<String, List<String>>();
        for (String name : STORAGES) {
            SiteReader reader = newsroom.reader(name, SLUG);
            var messages = new ArrayList<String>();
            reader.messages().values().forEach(message -> messages.add(timeless(message.toString())));
            messages.add(reader.pointer().path("channel").toString());
            seen.put(name, messages);
            var whole = new ArrayList<String>();
            reader.whole().path("messages").forEach(message -> whole.add(timeless(message.toString())));
            seen.put(name + ", the whole chat's file", whole);
            seen.put(
                    name + ", channels.json",
                    List.of(timeless(newsroom.storage(name).text("channels.json"))));
        }
        return seen;
    }

    /** What readers found wrong at any moment. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    @Override
    public void close() {
        newsroom.close();
    }

    private void lists(String headline, String ticker) {
        newsroom.lists(
                TestNewsroom.channel(
                                CHANNEL, SLUG, "jsonp: true, approval: {approvers: [%s, %s]}".formatted(EDITOR, DESK))
                        .replace("Election night", headline),
                TestNewsroom.channel(TICKER, TICKER_SLUG, ticker));
    }

    private void post(int number) {
        items.put(number, newsroom.slack.post(CHANNEL, REPORTER, "item-" + number));
    }

    private void approve(int number, String editor) {
        approved("item-" + number);
        newsroom.slack.react(CHANNEL, items.get(number), editor, "white_check_mark");
    }

    private void edit(int number, String text) {
        newsroom.slack.edit(CHANNEL, items.get(number), REPORTER, text);
    }

    private String approved(String item) {
        approved.add(item);
        return item;
    }

    /** Readers may come at any moment. What is wrong is noted, not thrown: it is no storage's failure. */
    private void look(MemoryStorage storage) {
        try {
            for (String slug : List.of(SLUG, TICKER_SLUG)) {
                if (storage.keys().contains(slug + "/live.json")) {
                    new SiteReader(storage, slug).messages();
                }
            }
        } catch (AssertionError | RuntimeException e) {
            wrong.add(storage.name() + ": " + e.getMessage());
        }
        for (String key : storage.keys()) {
            if (looked.add(storage.blob(key).orElseThrow())) {
                ITEM.matcher(storage.text(key))
                        .results()
                        .map(MatchResult::group)
                        .filter(item -> !approved.contains(item))
                        .forEach(item -> wrong.add(item + " is in " + key + " and was never approved"));
            }
        }
    }

    private static String timeless(String json) {
        return json.replaceAll("\"(published_at|updated)\":\"[^\"]*\",?", "");
    }
}
