package org.chatpress.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.UserId;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.store.sql.Database;

/** User profiles as Slack last returned them. */
public final class UserRepository {
    private final Database db;

    UserRepository(Database db) {
        this.db = db;
    }

    public Optional<UserProfile> profile(UserId id) {
        return db.first("SELECT * FROM user_profile WHERE id = ?", UserRepository::profile, id);
    }

    public void save(UserProfile profile, Instant now) {
        db.run("""
                INSERT INTO user_profile (id, display_name, title, image_48, is_bot, fetched_at)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE
                SET display_name = excluded.display_name, title = excluded.title, image_48 = excluded.image_48,
                    is_bot = excluded.is_bot, fetched_at = excluded.fetched_at
                """, profile.id(), profile.displayName(), profile.title(), profile.image48(), profile.bot(), now);
    }

    /** Saves profiles from an export, without replacing stored ones. */
    public void saveUnknown(Collection<UserProfile> profiles, Instant now) {
        db.inTransaction(() -> profiles.stream()
                .filter(profile -> profile(profile.id()).isEmpty())
                .forEach(profile -> save(profile, now)));
    }

    /** Authors of public messages whose profiles were fetched before this time, those fetched longest ago first. */
    public List<UserId> staleSince(Instant time, int limit) {
        return db.list("""
                SELECT DISTINCT user_profile.id, user_profile.fetched_at
                FROM user_profile
                JOIN author ON author.id = user_profile.id
                WHERE user_profile.fetched_at < ?
                ORDER BY user_profile.fetched_at, user_profile.id
                LIMIT ?
                """, row -> new UserId(row.text("id")), time, limit);
    }

    private static UserProfile profile(Database.Row row) {
        return new UserProfile(
                new UserId(row.text("id")),
                row.text("display_name"),
                row.text("title"),
                row.text("image_48"),
                row.flag("is_bot"));
    }
}
