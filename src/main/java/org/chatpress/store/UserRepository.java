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

    public Optional<UserProfile> person(UserId id) {
        return db.first("SELECT * FROM person WHERE id = ?", UserRepository::person, id);
    }

    public void save(UserProfile person, Instant now) {
        db.run("""
                INSERT INTO person (id, display_name, title, image_48, bot, asked_at)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE
                SET display_name = excluded.display_name, title = excluded.title, image_48 = excluded.image_48,
                    bot = excluded.bot, asked_at = excluded.asked_at
                """, person.id(), person.displayName(), person.title(), person.image48(), person.bot(), now);
    }

    /** Saves people of whom nothing is known yet; what Slack itself said stays. */
    public void saveUnknown(Collection<UserProfile> people, Instant now) {
        db.inTransaction(() ->
                people.stream().filter(person -> person(person.id()).isEmpty()).forEach(person -> save(person, now)));
    }

    /** Authors of public messages who were last asked for before a moment, those asked longest ago first. */
    public List<UserId> askedBefore(Instant moment, int most) {
        return db.list("""
                SELECT DISTINCT person.id
                FROM person
                JOIN author ON author.id = person.id
                WHERE person.asked_at < ?
                ORDER BY person.asked_at, person.id
                LIMIT ?
                """, row -> new UserId(row.text("id")), moment, most);
    }

    private static UserProfile person(Database.Row row) {
        return new UserProfile(
                new UserId(row.text("id")),
                row.text("display_name"),
                row.text("title"),
                row.text("image_48"),
                row.flag("bot"));
    }
}
