package org.chatpress.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.UserProfile;

/** People as Slack last described them. */
public final class UserRepository {
    private final Database db;

    UserRepository(Database db) {
        this.db = db;
    }

    public Optional<UserProfile> profile(UserId id) {
        return db.first("SELECT * FROM person WHERE id = ?", UserRepository::profile, id);
    }

    public void save(UserProfile profile, Instant now) {
        db.run("""
                INSERT INTO person (id, display_name, title, image_48, bot, asked_at)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE
                SET display_name = excluded.display_name, title = excluded.title, image_48 = excluded.image_48,
                    bot = excluded.bot, asked_at = excluded.asked_at
                """, profile.id(), profile.displayName(), profile.title(), profile.image48(), profile.bot(), now);
    }

    /** Saves people of whom nothing is known yet; what Slack itself said stays. */
    public void saveUnknown(Collection<UserProfile> people, Instant now) {
        db.inTransaction(() -> people.stream()
                .filter(profile -> profile(profile.id()).isEmpty())
                .forEach(profile -> save(profile, now)));
    }

    /** Authors of public messages who were last asked for before a moment, those asked longest ago first. */
    public List<UserId> staleSince(Instant moment, int most) {
        return db.list("""
                SELECT DISTINCT person.id
                FROM person
                JOIN author ON author.id = person.id
                WHERE person.asked_at < ?
                ORDER BY person.asked_at, person.id
                LIMIT ?
                """, row -> new UserId(row.text("id")), moment, most);
    }

    private static UserProfile profile(Database.Row row) {
        return new UserProfile(
                new UserId(row.text("id")),
                row.text("display_name"),
                row.text("title"),
                row.text("image_48"),
                row.flag("bot"));
    }
}
