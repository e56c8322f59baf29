package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every published file matches the bundled schema. */
class PublishedSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void everyPublishedFileIsValid() throws IOException {
        try (var newsroom = new TestNewsroom(folder)) {
            newsroom.says("approval: none, extras: {video: 'https://video.example/1'}, description: <p>Live</p>");
            newsroom.cycle();
            assertAllValid(newsroom);
            for (int i = 0; i < 60; i++) {
                newsroom.slack.post(CHANNEL, REPORTER, "update *" + i + "* <https://news.example|here> :tada:");
            }
            String ts = newsroom.slack.post(CHANNEL, REPORTER, "wrong");
            newsroom.cycle();
            assertAllValid(newsroom);

            newsroom.slack.edit(CHANNEL, ts, REPORTER, "right");
            newsroom.cycle();
            assertAllValid(newsroom);
            newsroom.slack.delete(CHANNEL, ts);
            newsroom.cycle();
            assertAllValid(newsroom);
            newsroom.says("approval: none, closed: true");
            newsroom.cycle();
            assertAllValid(newsroom);
        }
    }

    private static void assertAllValid(TestNewsroom newsroom) throws IOException {
        Schema schema = schema();
        assertThat(newsroom.storage().keys()).isNotEmpty();
        for (String key : newsroom.storage().keys()) {
            JsonNode file = JSON.readTree(newsroom.storage().text(key));
            assertThat(schema.validate(file)).as(key).isEmpty();
        }
    }

    private static Schema schema() throws IOException {
        try (InputStream in = PublishedSchemaTest.class.getResourceAsStream("/org/chatpress/schema/chat.schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(JSON.readTree(in));
        }
    }
}
