package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;

import com.fasterxml.jackson.databind.JsonNode;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;

/** From the text in Slack to the text in the published files. */
class MessageTextCycleTest extends WithNewsroom {
    private static final String LIST = """
        [{"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [
          {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "%s"}, {"type": "text", "text": " <reports>"}]}]}]}]
        """.formatted(EDITOR);

    @Test
    void publishesFormattedText() {
        newsroom.slack.person(EDITOR, "Edda Editor");
        post("""
            "text": "a lesser form", "blocks": %s\
            """.formatted(LIST));

        newsroom.cycle();

        JsonNode message = message();
        assertThat(message.path("html").asText())
                .isEqualTo("<ul><li><span class=\"chat-mention\">@Edda Editor</span> &lt;reports&gt;</li></ul>");
        assertThat(message.path("text").asText()).isEqualTo("• @Edda Editor <reports>");
    }

    @Test
    void publishesAMessageThatHasOnlyBlocks() {
        post("\"text\": \"\", \"blocks\": [{\"type\": \"table\", \"rows\": [[{\"type\": \"raw_text\", \"text\":"
                + " \"York\"}]]}]");

        newsroom.cycle();

        assertThat(message().path("html").asText()).isEqualTo("<table><tbody><tr><td>York</td></tr></tbody></table>");
    }

    @Test
    void publishesAPastedTableOnceApprovedAndHoldsAnEditOfIt() {
        newsroom.says(TestNewsroom.approval(""));
        String ts = post(pastedTable("York"));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        String york = "<p>the count</p><table><tbody><tr><td>York</td></tr></tbody></table>";
        assertThat(message().path("html").asText()).isEqualTo(york);

        change(ts, pastedTable("Smith is a crook"));
        newsroom.cycle();
        assertThat(message().path("html").asText()).isEqualTo(york);
        assertThat(newsroom.storage().everything()).doesNotContain("crook");
    }

    private static String pastedTable(String cell) {
        return "\"text\": \"the count\", \"attachments\": [{\"id\": 1, \"fallback\": \"[no preview available]\","
                + " \"blocks\": [{\"type\": \"table\", \"rows\": [[{\"type\": \"raw_text\","
                + " \"text\": \"" + cell + "\"}]]}]}]";
    }

    @Test
    void hidesAMessageOfInvisibleCharacters() {
        for (String blank : new String[] {
            "\u00a0", "\ufeff", "\u200b", "\u2060", "\u3164", "\u2800", "\u00ad", "&gt;&gt;&gt;", "<!foo>"
        }) {
            post("\"text\": \"" + blank + "\"");
        }

        newsroom.cycle();

        assertThat(newsroom.reader().messages()).isEmpty();
    }

    @Test
    void hidesAMessageWithAnAttachmentThatStartsWithThePrivatePrefix() {
        post("\"text\": \"\", \"attachments\": [{\"text\": \"&lt;#&gt; Smith\"}]");

        newsroom.cycle();

        assertThat(newsroom.reader().texts()).isEmpty();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void hidesAMessageWhoseBlocksStartWithThePrivatePrefix() {
        post("\"text\": \"a notification\", \"blocks\": %s"
                .formatted(LIST.replace(" <reports>", "")
                        .replace(EDITOR, "nobody")
                        .replace(
                                "{\"type\": \"user\", \"user_id\": \"nobody\"}",
                                "{\"type\": \"text\", \"text\": \" <#> Smith\"}")));

        newsroom.cycle();

        assertThat(newsroom.reader().texts()).isEmpty();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void showsAPreviewThatSlackAddsAfterTheApprovalButNoneOfAnUnapprovedEdit() {
        newsroom.says(TestNewsroom.approval(""));
        String text = "\"text\": \"see <https://a.example/story>\"";
        String ts = post(text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(message().has("attachments")).isFalse();

        change(ts, text + ", \"attachments\": [" + preview("https://a.example/story", "A story") + "]");
        newsroom.cycle();
        assertThat(message().at("/attachments/0/title").asText()).isEqualTo("A story");

        change(
                ts,
                "\"text\": \"see <https://a.example/story> <https://b.example>\", \"edited\": {\"user\": \"" + REPORTER
                        + "\", \"ts\": \"1793758999.000000\"}, \"attachments\": ["
                        + preview("https://a.example/story", "A story") + ", "
                        + preview("https://b.example", "Smith is a crook") + "]");
        newsroom.cycle();
        assertThat(message().path("attachments")).hasSize(1);
        assertThat(newsroom.storage().everything()).doesNotContain("crook");
    }

    @Test
    void aPatternChangesTheTextAndAddsFields() {
        newsroom.says(
                "approval: none, patterns: [{match: '^SCORE (\\d+)-(\\d+)$', html: '<table><tr><td>$1<td>$2</table>',"
                        + " args: [score], kwargs: {home: \"$1\"}, attachment: {title: Score, url:"
                        + " \"https://a.example/$1\"}}]");
        newsroom.slack.post(CHANNEL, REPORTER, "SCORE 2-1");

        newsroom.cycle();

        JsonNode message = message();
        assertThat(message.path("html").asText())
                .isEqualTo("<table><tbody><tr><td>2</td><td>1</td></tr></tbody></table>");
        assertThat(message.at("/args/0").asText()).isEqualTo("score");
        assertThat(message.at("/kwargs/home").asText()).isEqualTo("2");
        assertThat(message.at("/attachments/0/url").asText()).isEqualTo("https://a.example/2");
    }

    @Test
    void eachMessageOfABotKeepsTheNameThatItWasPostedWith() {
        newsroom.says("approval: none, bots: [B0WIRE]");
        String ap = bot("\"subtype\": \"bot_message\", \"username\": \"AP\"");
        newsroom.cycle();
        String reuters = bot("\"subtype\": \"bot_message\", \"username\": \"Reuters\"");
        String workflow = bot("\"username\": \"Tip form\", \"bot_profile\": {\"name\": \"Wire App\"}");
        String app = bot("\"bot_profile\": {\"name\": \"Wire App\"}");
        String appAgain = bot("\"username\": \"Wire App\", \"bot_profile\": {\"name\": \"Wire App\"}");
        newsroom.cycle();

        assertThat(nameOf(ap)).isEqualTo("AP");
        assertThat(nameOf(reuters)).isEqualTo("Reuters");
        assertThat(nameOf(workflow)).isEqualTo("Tip form");
        assertThat(nameOf(app)).isEqualTo("Wire App");
        assertThat(userOf(app)).isEqualTo("B0WIRE").isEqualTo(userOf(appAgain));
    }

    @Test
    void aBotsNameNeverReplacesAPersons() {
        newsroom.says("approval: none, bots: [B0WIRE]");
        newsroom.slack.person(REPORTER, "Ana Reyes");
        String own = post("\"text\": \"by Ana\"");
        String bots =
                post("\"text\": \"a\", \"subtype\": \"bot_message\", \"bot_id\": \"B0WIRE\", \"username\": \"AP\"");
        String nameless = post("\"text\": \"a\", \"subtype\": \"bot_message\", \"bot_id\": \"B0WIRE\","
                + " \"bot_profile\": {\"name\": \"Wire App\"}");
        String apps = post("\"text\": \"a\", \"bot_id\": \"B0WIRE\", \"username\": \"Reuters\"");
        String forAna = post("\"text\": \"a\", \"bot_id\": \"B0WIRE\", \"bot_profile\": {\"name\": \"Wire App\"}");

        newsroom.cycle();

        assertThat(nameOf(own)).isEqualTo("Ana Reyes");
        assertThat(nameOf(bots)).isEqualTo("AP");
        assertThat(nameOf(nameless)).isEqualTo("Wire App");
        assertThat(nameOf(apps)).isEqualTo("Reuters");
        assertThat(nameOf(forAna)).isEqualTo("Ana Reyes");
    }

    @Test
    void strangersHaveTheNameThatTheirMessageSays() {
        String real = stranger("U5", "\"real_name\": \"Quinn Day\", \"display_name\": \"Quinn\"");
        String display = stranger("U6", "\"real_name\": \"\", \"display_name\": \"Quinn\", \"name\": \"quinn6\"");
        String user = stranger("U7", "\"name\": \"quinn7\"");

        newsroom.cycle();

        assertThat(nameOf(real)).isEqualTo("Quinn Day");
        assertThat(nameOf(display)).isEqualTo("Quinn");
        assertThat(nameOf(user)).isEqualTo("quinn7");
    }

    private String bot(String members) {
        return newsroom.slack.postRaw(
                CHANNEL,
                "{\"type\": \"message\", \"ts\": \"$ts\", \"bot_id\": \"B0WIRE\", \"text\": \"a\", " + members + "}");
    }

    private String stranger(String id, String profile) {
        return newsroom.slack.postRaw(
                CHANNEL,
                "{\"type\": \"message\", \"ts\": \"$ts\", \"user\": \"" + id
                        + "\", \"text\": \"a\", \"user_profile\": {" + profile + "}}");
    }

    private String userOf(String ts) {
        return newsroom.reader().messages().get(ts).path("user").asText();
    }

    private String nameOf(String ts) {
        String users = newsroom.reader().pointer().path("users").asText();
        return newsroom.reader()
                .file(TestNewsroom.SLUG + "/" + users)
                .path("users")
                .path(userOf(ts))
                .path("display_name")
                .asText();
    }

    private JsonNode message() {
        assertThat(newsroom.reader().messages()).hasSize(1);
        return newsroom.reader().messages().values().iterator().next();
    }

    private static String preview(String url, String title) {
        return "{\"from_url\": \"%s\", \"title\": \"%s\"}".formatted(url, title);
    }

    private String post(String members) {
        return newsroom.slack.postRaw(
                CHANNEL, "{\"type\": \"message\", \"ts\": \"$ts\", \"user\": \"" + REPORTER + "\", " + members + "}");
    }

    /** Replaces the message in Slack and keeps its reactions. */
    private void change(String ts, String members) {
        newsroom.slack.event(
                CHANNEL,
                "{\"type\": \"message\", \"subtype\": \"message_changed\", \"message\": {\"type\": \"message\","
                        + " \"ts\": \""
                        + ts + "\", \"user\": \"" + REPORTER + "\", " + members + "}}");
    }
}
