package org.chatpress.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.store.sql.Database;

/**
 * A workspace's own emoji, and which public messages name them. When a name comes to stand for something else, or the
 * copy of its picture arrives, the messages that name it are due for judgement.
 */
public final class EmojiRepository {
    private static final Duration LASTS = Duration.ofHours(1);
    private static final Duration LASTS_WHERE_A_NAME_IS_NEW = Duration.ofMinutes(10);
    private static final String ALIAS = "alias:";

    /** Nobody links aliases so far. */
    private static final int MOST_ALIASES = 8;

    private final Database db;

    EmojiRepository(Database db) {
        this.db = db;
    }

    /** True if Slack is to be asked for the list: it is old, or a message names what it may lack. */
    public boolean isDue(Instant now) {
        Optional<Instant> askedAt = db.first(
                "SELECT attempted_at FROM custom_emoji_fetch",
                row -> row.instant("attempted_at").orElseThrow());
        if (askedAt.filter(at -> at.plus(LASTS_WHERE_A_NAME_IS_NEW).isAfter(now))
                .isPresent()) {
            return false;
        }
        return askedAt.filter(at -> !at.plus(LASTS).isAfter(now)).isPresent()
                || db.exists("SELECT 1 FROM custom_emoji INDEXED BY custom_emoji_unknown WHERE target IS NULL LIMIT 1");
    }

    /** Slack was asked, whether or not it answered. */
    public void recordFetch(Instant now) {
        db.inTransaction(() -> {
            db.run("DELETE FROM custom_emoji_fetch");
            db.run("INSERT INTO custom_emoji_fetch (attempted_at) VALUES (?)", now);
        });
    }

    /** The list as Slack gave it; names in messages that it lacks are no emoji until it is asked again. */
    public void save(Map<String, String> list) {
        db.inTransaction(() -> {
            var wanted = new HashMap<String, String>();
            usedNames().forEach(name -> wanted.put(name, ""));
            wanted.putAll(list);
            Set<String> gone = new HashSet<>();
            db.list("SELECT name, target FROM custom_emoji", row -> {
                String name = row.text("name");
                if (!wanted.containsKey(name)) {
                    gone.add(name);
                } else if (row.optionalText("target").equals(Optional.of(wanted.get(name)))) {
                    wanted.remove(name);
                }
                return name;
            });
            gone.forEach(name -> db.run("DELETE FROM custom_emoji WHERE name = ?", name));
            wanted.forEach((name, standsFor) ->
                    db.run("INSERT OR REPLACE INTO custom_emoji (name, target) VALUES (?, ?)", name, standsFor));
        });
    }

    /** Of the list, these names and whatever they lead to. */
    public Map<String, String> targets(Collection<String> names) {
        var found = new HashMap<String, String>();
        Set<String> next = new HashSet<>(names);
        for (int i = 0; i <= MOST_ALIASES && !next.isEmpty(); i++) {
            Set<String> aliased = new HashSet<>();
            for (String name : next) {
                db.first(
                                "SELECT target FROM custom_emoji WHERE name = ? AND target <> ''",
                                row -> row.text("target"),
                                name)
                        .ifPresent(standsFor -> {
                            found.put(name, standsFor);
                            if (standsFor.startsWith(ALIAS)) {
                                aliased.add(standsFor.substring(ALIAS.length()));
                            }
                        });
            }
            aliased.removeAll(found.keySet());
            next = aliased;
        }
        return found;
    }

    /** The names in public messages. */
    public List<String> usedNames() {
        return db.list(
                "SELECT DISTINCT name FROM public_emoji INDEXED BY public_emoji_name WHERE name > ''",
                row -> row.text("name"));
    }

    /** What a name in messages leads to by the newest list; empty: to nothing. */
    public void setTarget(String name, String end, Instant now) {
        db.inTransaction(() -> {
            List<EmojiUse> others = db.list(
                    "SELECT channel, ts FROM public_emoji INDEXED BY public_emoji_name WHERE name = ? AND target <> ?",
                    EmojiUse::of,
                    name,
                    end);
            queueForReview(others);
            if (!others.isEmpty()) {
                wantIfPicture(end, now);
            }
        });
    }

    /** A message or reply names these, and no others: by name, what each leads to, or nothing. */
    void recordUse(ChannelId channel, MessageTs ts, Map<String, String> names, Instant now) {
        var were = new HashMap<String, String>();
        db.list(
                "SELECT name, target FROM public_emoji WHERE channel = ? AND ts = ?",
                row -> were.put(row.text("name"), row.text("target")),
                channel,
                ts);
        if (were.equals(names)) {
            return;
        }
        db.run("DELETE FROM public_emoji WHERE channel = ? AND ts = ?", channel, ts);
        names.forEach((name, end) -> {
            db.run("INSERT INTO public_emoji (channel, ts, name, target) VALUES (?, ?, ?, ?)", channel, ts, name, end);
            db.run("INSERT OR IGNORE INTO custom_emoji (name) VALUES (?)", name);
            wantIfPicture(end, now);
        });
        were.values().stream()
                .filter(end -> isPicture(end) && !names.containsValue(end))
                .distinct()
                .forEach(end -> leave(channel, end));
    }

    /** The copy of a picture is there. */
    void onMirrored(String url) {
        queueForReview(db.list(
                "SELECT channel, ts FROM public_emoji INDEXED BY public_emoji_image"
                        + " WHERE target <> '' AND target = ?",
                EmojiUse::of,
                url));
    }

    /** The chat's files are found elsewhere from now on, and so are the pictures in its messages. */
    void onSlugChanged(ChannelId channel) {
        db.run("""
                UPDATE message
                SET review_started = 0
                WHERE channel = ?1 AND ts IN (SELECT ts FROM public_emoji WHERE channel = ?1)
                """, channel);
    }

    private record EmojiUse(String channel, String ts) {
        static EmojiUse of(Database.Row row) {
            return new EmojiUse(row.text("channel"), row.text("ts"));
        }
    }

    private void queueForReview(List<EmojiUse> uses) {
        uses.forEach(use ->
                db.run("UPDATE message SET review_started = 0 WHERE channel = ? AND ts = ?", use.channel, use.ts));
    }

    /** A message no longer shows the image: takes its copy down if no other message of the chat does. */
    private void leave(ChannelId channel, String url) {
        boolean isShown = db.exists(
                "SELECT 1 FROM public_emoji INDEXED BY public_emoji_image"
                        + " WHERE target <> '' AND target = ? AND channel = ? LIMIT 1",
                url,
                channel);
        if (!isShown) {
            new TakedownQueue(db).markImages(channel);
        }
        new MirroredImageRepository(db).deleteIfUnused(url);
    }

    private void wantIfPicture(String end, Instant now) {
        if (isPicture(end)) {
            new MirroredImageRepository(db).request(end, now);
        }
    }

    private static boolean isPicture(String end) {
        return end.startsWith("https://");
    }
}
