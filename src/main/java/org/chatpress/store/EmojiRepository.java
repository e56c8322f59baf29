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
import org.chatpress.approval.policy.EmojiAlias;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.store.sql.Database;

/**
 * The workspace's custom emoji, the emoji that they stand for in reactions, and the public messages that use them. When
 * the target of a name changes, or the copy of its image arrives, the messages that use it are reviewed again.
 */
public final class EmojiRepository {
    private static final Duration REFRESH = Duration.ofHours(1);
    private static final Duration REFRESH_IF_NAME_IS_UNKNOWN = Duration.ofMinutes(1);
    private static final String ALIAS = "alias:";

    /** The longest chain of aliases to follow. */
    private static final int MAX_ALIASES = 8;

    private final Database db;

    EmojiRepository(Database db) {
        this.db = db;
    }

    /** True if the list is old, or may lack an emoji that a message uses. */
    public boolean isDue(Instant now) {
        Optional<Instant> attemptedAt = db.first(
                "SELECT attempted_at FROM custom_emoji_fetch",
                row -> row.instant("attempted_at").orElseThrow());
        if (attemptedAt.isEmpty()) {
            return true;
        }
        if (attemptedAt.get().isAfter(now)) {
            // The clock was set back.
            return true;
        }
        if (attemptedAt
                .filter(at -> at.plus(REFRESH_IF_NAME_IS_UNKNOWN).isAfter(now))
                .isPresent()) {
            return false;
        }
        return attemptedAt.filter(at -> !at.plus(REFRESH).isAfter(now)).isPresent() || hasUnknown();
    }

    /** True if there are names for which no list was read. */
    public boolean hasUnknown() {
        return db.exists("SELECT 1 FROM custom_emoji INDEXED BY custom_emoji_unknown WHERE target IS NULL LIMIT 1");
    }

    /** True if the list was requested before. */
    public boolean isFetched() {
        return db.exists("SELECT 1 FROM custom_emoji_fetch");
    }

    /** Saves when the list was requested, whether or not Slack returned it. */
    public void recordFetch(Instant now) {
        db.inTransaction(() -> {
            db.run("DELETE FROM custom_emoji_fetch");
            db.run("INSERT INTO custom_emoji_fetch (attempted_at) VALUES (?)", now);
        });
    }

    /**
     * Saves the list. Names that it lacks count as no emoji until the next list. They stay stored: a member of the
     * workspace may delete an emoji with which editors reacted, and create it again as an alias of an approval.
     *
     * @param aliased for each alias the emoji at the end of its chain of aliases
     * @param readAt when Slack sent the list
     */
    public void save(Map<String, String> list, Map<String, String> aliased, Instant readAt) {
        db.inTransaction(() -> {
            Map<String, ListedEmoji> stored = new HashMap<>();
            db.list("SELECT * FROM custom_emoji", row -> stored.put(row.text("name"), ListedEmoji.of(row)));
            Set<String> names = new HashSet<>(stored.keySet());
            names.addAll(list.keySet());
            for (String name : names) {
                ListedEmoji before = stored.getOrDefault(name, ListedEmoji.UNKNOWN);
                ListedEmoji after = !list.containsKey(name)
                        ? new ListedEmoji(Optional.of(""), before.alias)
                        : before.listed(list.get(name), aliased.getOrDefault(name, name), readAt);
                if (!after.equals(before)) {
                    db.run(
                            """
                            INSERT INTO custom_emoji (name, target, stands_for, stood_for, approves_after)
                            VALUES (?, ?, ?, ?, ?)
                            ON CONFLICT (name) DO UPDATE
                            SET target = excluded.target, stands_for = excluded.stands_for,
                                stood_for = excluded.stood_for, approves_after = excluded.approves_after
                            """,
                            name,
                            after.target.orElseThrow(),
                            after.alias.map(EmojiAlias::standsFor),
                            after.alias.map(EmojiAlias::stoodFor),
                            after.alias.flatMap(EmojiAlias::approvesAfter));
                }
            }
        });
    }

    /** The list cannot be read. Names that it may contain count as no emoji until it can. */
    public void saveUnreadable() {
        db.run("UPDATE custom_emoji SET target = '' WHERE target IS NULL");
    }

    /**
     * What custom emoji stand for in reactions, by their names. The result lacks names for which no list was read yet; they
     * make the next list due.
     */
    public Map<String, EmojiAlias> aliases(Collection<String> names) {
        var known = new HashMap<String, EmojiAlias>();
        for (String name : names) {
            Optional<ListedEmoji> emoji = db.first("SELECT * FROM custom_emoji WHERE name = ?", ListedEmoji::of, name);
            if (emoji.isEmpty()) {
                db.run("INSERT INTO custom_emoji (name) VALUES (?) ON CONFLICT DO NOTHING", name);
            }
            emoji.filter(found -> found.target.isPresent())
                    .ifPresent(found -> known.put(name, found.alias.orElseGet(() -> EmojiAlias.none(name))));
        }
        return known;
    }

    /**
     * A custom emoji as stored.
     *
     * @param target as in the newest list; {@code ""}: the list lacks the name; empty: no list was read for it
     * @param alias empty: no list had the name
     */
    private record ListedEmoji(Optional<String> target, Optional<EmojiAlias> alias) {
        static final ListedEmoji UNKNOWN = new ListedEmoji(Optional.empty(), Optional.empty());

        static ListedEmoji of(Database.Row row) {
            return new ListedEmoji(
                    row.optionalText("target"),
                    row.optionalText("stands_for")
                            .map(end -> new EmojiAlias(end, row.text("stood_for"), row.instant("approves_after"))));
        }

        ListedEmoji listed(String newTarget, String end, Instant readAt) {
            EmojiAlias listed = alias.map(before -> new EmojiAlias(
                            end,
                            before.stoodFor(),
                            before.approvesAfter()
                                    .filter(at -> before.standsFor().equals(end))))
                    .orElseGet(() -> new EmojiAlias(end, end, Optional.of(readAt)));
            return new ListedEmoji(Optional.of(newTarget), Optional.of(listed));
        }
    }

    /** The targets of these names and, where a target is an alias, of the names that it stands for. */
    public Map<String, String> targets(Collection<String> names) {
        var found = new HashMap<String, String>();
        Set<String> next = new HashSet<>(names);
        for (int i = 0; i <= MAX_ALIASES && !next.isEmpty(); i++) {
            Set<String> aliased = new HashSet<>();
            for (String name : next) {
                db.first(
                                "SELECT target FROM custom_emoji WHERE name = ? AND target <> ''",
                                row -> row.text("target"),
                                name)
                        .ifPresent(target -> {
                            found.put(name, target);
                            if (target.startsWith(ALIAS)) {
                                aliased.add(target.substring(ALIAS.length()));
                            }
                        });
            }
            aliased.removeAll(found.keySet());
            next = aliased;
        }
        return found;
    }

    /** The names that public messages use. */
    public List<String> usedNames() {
        return db.list(
                "SELECT DISTINCT name FROM public_emoji INDEXED BY public_emoji_name WHERE name > ''",
                row -> row.text("name"));
    }

    /** @param url the image of the emoji by the newest list; empty if there is none */
    public void setTarget(String name, String url, Instant now) {
        db.inTransaction(() -> {
            List<EmojiUse> others = db.list(
                    "SELECT channel, ts FROM public_emoji INDEXED BY public_emoji_name WHERE name = ? AND target <> ?",
                    EmojiUse::of,
                    name,
                    url);
            queueForReview(others);
            if (!others.isEmpty()) {
                requestImage(url, now);
            }
        });
    }

    /**
     * Saves which emoji a message or reply uses.
     *
     * @param names all of them, with their targets; an empty target has no image
     */
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
        names.forEach((name, target) -> {
            db.run(
                    "INSERT INTO public_emoji (channel, ts, name, target) VALUES (?, ?, ?, ?)",
                    channel,
                    ts,
                    name,
                    target);
            db.run("INSERT INTO custom_emoji (name) VALUES (?) ON CONFLICT DO NOTHING", name);
            requestImage(target, now);
        });
        were.values().stream()
                .filter(target -> isImage(target) && !names.containsValue(target))
                .distinct()
                .forEach(url -> drop(channel, url));
    }

    /** The copy of an image arrived. */
    void onMirrored(String url) {
        queueForReview(db.list(
                "SELECT channel, ts FROM public_emoji INDEXED BY public_emoji_image"
                        + " WHERE target <> '' AND target = ?",
                EmojiUse::of,
                url));
    }

    /** The URLs of the chat's files changed, and so did those of the emoji in its messages. */
    void onSlugChanged(ChannelId channel) {
        db.run("""
                UPDATE message
                SET review_started = 0
                WHERE channel = ?1 AND ts IN (SELECT ts FROM public_emoji WHERE channel = ?1)
                """, channel);
    }

    private record EmojiUse(ChannelId channel, MessageTs ts) {
        static EmojiUse of(Database.Row row) {
            return new EmojiUse(new ChannelId(row.text("channel")), new MessageTs(row.text("ts")));
        }
    }

    private void queueForReview(List<EmojiUse> uses) {
        uses.forEach(use -> new MessageRepository(db).requestReview(use.channel, use.ts));
    }

    /** A message no longer shows the image: takes its copy down if no other message of the chat does. */
    private void drop(ChannelId channel, String url) {
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

    private void requestImage(String target, Instant now) {
        if (isImage(target)) {
            new MirroredImageRepository(db).request(target, now);
        }
    }

    private static boolean isImage(String target) {
        return target.startsWith("https://");
    }
}
