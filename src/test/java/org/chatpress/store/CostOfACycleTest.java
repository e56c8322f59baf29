package org.chatpress.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MirroredImage;
import org.chatpress.slack.SlackClient;
import org.chatpress.store.sql.Database;
import org.chatpress.support.FakeFile;
import org.chatpress.support.Overridden;
import org.chatpress.support.Pictures;
import org.chatpress.support.TestDatabase;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cycle's work in the database follows what changed, not how much there is. */
class CostOfACycleTest {
    static final Set<String> MAY_BE_WRITTEN = Set.of("rescan", "timestamps", "poll");

    @TempDir
    Path folder;

    TestNewsroom newsroom;

    @BeforeEach
    void open() {
        newsroom = new TestNewsroom(folder);
    }

    @AfterEach
    void close() {
        newsroom.close();
    }

    @Test
    void aQuietCycleWritesOnlyItsCursorPollRecordAndTimestamp() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
        newsroom.cycle();
        Map<String, List<String>> before = dump();

        newsroom.cycle();

        assertThat(dump()).isEqualTo(before);
    }

    @Test
    void noStatementOfACycleReadsAWholeTableThatGrows() {
        assumeFalse(TestDatabase.isPostgresql(), "the plans are SQLite's");
        newsroom.slack.emoji("logo", "https://emoji.slack-edge.com/T0NEWSROOM/logo/3c4d.png");
        newsroom.asksSlackThrough(real -> Overridden.of(SlackClient.class, real)
                .with("publicImage", arguments -> new MirroredImage(ImageFormat.PNG, new byte[8]))
                .get());
        newsroom.saysAtTheTop("""
                public-url: https://static.example/
                videos: {beside-the-chat: true}
                notify:
                  - webhook: {url: "http://127.0.0.1:9/hook", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
                  - websub: "http://127.0.0.1:9/hub"
                photos:
                  drop: {directory: drop}
                  shown: {ask: "http://127.0.0.1:9/{id}", url: "https://photos.example/{id}.jpg"}""");
        newsroom.publishesToReal("directory: memory, purge: {http: {url: \"http://127.0.0.1:9/{path}\"}}");
        newsroom.says(TestNewsroom.approval("") + ", threads: publish, delay: 1s");
        newsroom.slack.post(CHANNEL, REPORTER, "polls are open");
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "polls are closed :logo:",
                FakeFile.jpeg("F0PHOTO", Pictures.photo(90, 60)),
                FakeFile.jpeg("F0CLIP", new byte[9]).called("clip.mp4", "video/mp4"));
        newsroom.cycle();
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "pushpin");
        String reply = newsroom.slack.reply(CHANNEL, ts, EDITOR, "at eight");
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "headline: Closed");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, reply);
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();

        Database db = newsroom.store().db;
        assertThat(db.statements())
                .as("a picture was shown and left")
                .anyMatch(sql -> sql.contains("public_emoji_of_chat"));
        for (String statement : db.statements()) {
            if (!statement.startsWith("PRAGMA")) {
                assertThat(db.list("EXPLAIN QUERY PLAN " + statement, row -> row.text("detail")))
                        .as(statement)
                        .noneMatch(
                                step -> step.matches("SCAN (?!photo USING COVERING INDEX photo_upload_delete_pending)"
                                        + "(message|public_message|public_reply|change|storage_file|file_message|rendered_file|page|user_profile|author"
                                        + "|photo|clip|mirrored_image|feedback|thread|public_emoji|event|purge|other|m|r)\\b.*"
                                        + "|SEARCH (message|storage_file|thread) USING PRIMARY KEY \\((channel|storage)=\\?\\)"
                                        + "|SEARCH (webhook_event|event) USING .*\\(webhook=\\?\\)"
                                        + "|SEARCH purge USING PRIMARY KEY \\(storage=\\?\\)"));
            }
        }
    }

    @Test
    void aNewMessageAndNoneTouchAsManyRowsInALongChatAsInAShortOne(@TempDir Path another) {
        List<Map<String, Integer>> inShort = rowsOfANewMessageAndOfNone(newsroom, 250);
        try (var busy = new TestNewsroom(another)) {
            assertThat(rowsOfANewMessageAndOfNone(busy, 1_000)).isEqualTo(inShort);
        }
    }

    private static List<Map<String, Integer>> rowsOfANewMessageAndOfNone(TestNewsroom newsroom, int size) {
        var rows = new TouchedRows();
        newsroom.opens(() -> TestDatabase.open(newsroom.database(), "a test", rows::through));
        for (int i = 0; i < size; i++) {
            newsroom.slack.post(CHANNEL, REPORTER, "update " + i);
        }
        newsroom.cycle();
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        rows.take();

        // At the same moment: the whole chat's file waits for its budget.
        newsroom.cycleNow();
        Map<String, Integer> news = rows.take();
        newsroom.cycleNow();
        Map<String, Integer> none = rows.take();

        assertThat(news.keySet()).anyMatch(sql -> sql.contains("INTO public_message"));
        return List.of(besideComparedRows(news), besideComparedRows(none));
    }

    /**
     * Without two reads that are limited otherwise. A page holds what Slack sends, up to 999 messages; each is compared with
     * the store's. The files of one chat at a time are compared with a storage's; after a chat of many files the next one
     * waits the longer.
     */
    private static Map<String, Integer> besideComparedRows(Map<String, Integer> rows) {
        var others = new TreeMap<>(rows);
        others.keySet().removeIf(sql -> sql.contains("FROM message\n") && sql.contains("ts >= ?"));
        others.keySet().removeIf(sql -> sql.contains("FROM storage_file\n") && sql.contains("key > ?"));
        return others;
    }

    @Test
    void theTokenIsInNoTable() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();

        assertThat(dump().toString())
                .doesNotContain(newsroom.slackServer.token().reveal());
    }

    private Map<String, List<String>> dump() {
        try (Store copy = Store.inMemory()) {
            newsroom.store().copyTo(copy);
            return dump(copy.db);
        }
    }

    private static Map<String, List<String>> dump(Database db) {
        var tables = new TreeMap<String, List<String>>();
        for (String table : db.list("SELECT name FROM sqlite_master WHERE type = 'table'", row -> row.text("name"))) {
            if (!MAY_BE_WRITTEN.contains(table)) {
                List<String> columns = db.list("PRAGMA table_info(" + table + ")", row -> row.text("name"));
                tables.put(
                        table,
                        db.list(
                                "SELECT concat_ws('|', " + String.join(", ", columns) + ") AS line FROM " + table,
                                row -> row.text("line")));
            }
        }
        return tables;
    }
}
