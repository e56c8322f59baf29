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
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.SiteReader;
import org.chatpress.support.TestNewsroom;

/**
 * An evening of a newsroom with two storages, always with the same steps, each followed by a cycle. A reader checks the
 * storage after every single change: all files that the pointer names are complete, and no file contains unapproved text.
 */
final class Evening implements AutoCloseable {
    static final List<String> STORAGES = List.of("one", "two");
    static final String EDITORS_GROUP = "S0DESK";
    private static final String TICKER = "C0TICKER";
    private static final String TICKER_SLUG = "ticker";
    private static final Pattern ITEM = Pattern.compile("item-[0-9]+[a-z]?");

    final TestNewsroom newsroom;
    private final Map<String, Runnable> steps = new LinkedHashMap<>();
    private final Map<Integer, String> items = new HashMap<>();
    private final Set<String> approved = ConcurrentHashMap.newKeySet();
    private final Set<StoredObject> checked =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final List<String> violations = new CopyOnWriteArrayList<>();

    Evening(Path folder) {
        newsroom = new TestNewsroom(folder).publishesTo("one", "two");
        newsroom.slack.channel(TICKER);
        newsroom.slack.group(EDITORS_GROUP, SECOND_EDITOR);
        lists("Election night", "approval: none, delay: 15s");
        STORAGES.forEach(name -> newsroom.storage(name).onChange(this::checkAsReader));
        defineSteps();
    }

    private void defineSteps() {
        steps.put("the first messages come in", () -> {
            for (int i = 1; i <= 8; i++) {
                post(i);
            }
            newsroom.slack.post(TICKER, REPORTER, approved("item-9001"));
        });
        steps.put("an editor and a member of the desk approve some", () -> {
            approve(1, EDITOR);
            approve(3, SECOND_EDITOR);
            approve(5, EDITOR);
            approve(8, EDITOR);
        });
        steps.put("an approved message is edited", () -> edit(1, "item-1b"));
        steps.put("a late approval falls into the middle", () -> {
            approve(2, EDITOR);
            newsroom.slack.post(TICKER, REPORTER, approved("item-9002"));
        });
        steps.put("the edit is approved too", () -> {
            approved("item-1b");
            newsroom.slack.react(CHANNEL, items.get(1), SECOND_EDITOR, "white_check_mark");
        });
        steps.put("more than a page comes in at once", () -> {
            for (int i = 100; i < 330; i++) {
                post(i);
                if (i % 5 != 0) {
                    approve(i, i % 2 == 0 ? EDITOR : SECOND_EDITOR);
                }
            }
        });
        steps.put("some are approved late, in the middle of full pages", () -> {
            approve(105, EDITOR);
            approve(200, EDITOR);
        });
        steps.put("some are deleted, old and new", () -> {
            newsroom.slack.delete(CHANNEL, items.get(3));
            newsroom.slack.delete(CHANNEL, items.get(211));
        });
        steps.put("one is rejected, one loses its approval", () -> {
            newsroom.slack.react(CHANNEL, items.get(318), EDITOR, "no_entry");
            newsroom.slack.unreact(CHANNEL, items.get(312), EDITOR, "white_check_mark");
        });
        steps.put("the chat gets another headline", () -> lists("The morning after", "approval: none, delay: 15s"));
        steps.put("the reporter has another name, a day later", () -> {
            newsroom.slack.person(REPORTER, "Rosa Reporter-Smith");
            newsroom.clock.advance(Duration.ofHours(25));
            post(400);
            approve(400, EDITOR);
        });
        steps.put("a rejected message is approved again, and more are posted", () -> {
            newsroom.slack.unreact(CHANNEL, items.get(318), EDITOR, "no_entry");
            newsroom.slack.react(CHANNEL, items.get(318), SECOND_EDITOR, "heavy_check_mark");
            for (int i = 401; i < 412; i++) {
                post(i);
                approve(i, EDITOR);
            }
        });
        steps.put("the ticker is hidden", () -> lists("The morning after", "approval: none, hidden: true"));
        steps.put(
                "the grace period of unreferenced files is over", () -> newsroom.clock.advance(Duration.ofMinutes(16)));
        steps.put("nothing happens", () -> {});
    }

    /** The steps, to be run in this order, each followed by a cycle. */
    List<Runnable> steps() {
        return List.copyOf(steps.values());
    }

    /** Every file of every storage as text, without the random epoch. */
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

    /** What a reader of each storage sees, without the times of publishing, which may differ. */
    Map<String, List<String>> visible() {
        var visible = new TreeMap<String, List<String>>();
        for (String name : STORAGES) {
            SiteReader reader = newsroom.reader(name, SLUG);
            var messages = new ArrayList<String>();
            reader.messages().values().forEach(message -> messages.add(withoutTimes(message.toString())));
            messages.add(reader.pointer().path("channel").toString());
            visible.put(name, messages);
            var whole = new ArrayList<String>();
            reader.whole().path("messages").forEach(message -> whole.add(withoutTimes(message.toString())));
            visible.put(name + ", the whole chat's file", whole);
            visible.put(
                    name + ", channels.json",
                    List.of(withoutTimes(newsroom.storage(name).text("channels.json"))));
        }
        return visible;
    }

    /** What readers found wrong at any time. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    @Override
    public void close() {
        newsroom.close();
    }

    private void lists(String headline, String ticker) {
        newsroom.lists(
                TestNewsroom.channel(
                                CHANNEL,
                                SLUG,
                                "jsonp: true, approval: {approvers: [%s, %s]}".formatted(EDITOR, EDITORS_GROUP))
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

    /** Records violations instead of throwing them, which would look like a failure of the storage. */
    private void checkAsReader(MemoryStorage storage) {
        try {
            for (String slug : List.of(SLUG, TICKER_SLUG)) {
                if (storage.keys().contains(slug + "/live.json")) {
                    new SiteReader(storage, slug).messages();
                }
            }
        } catch (AssertionError | RuntimeException e) {
            violations.add(storage.name() + ": " + e.getMessage());
        }
        for (String key : storage.keys()) {
            if (checked.add(storage.blob(key).orElseThrow())) {
                ITEM.matcher(storage.text(key))
                        .results()
                        .map(MatchResult::group)
                        .filter(item -> !approved.contains(item))
                        .forEach(item -> violations.add(item + " is in " + key + " and was never approved"));
            }
        }
    }

    private static String withoutTimes(String json) {
        return json.replaceAll("\"(published_at|updated)\":\"[^\"]*\",?", "");
    }
}
