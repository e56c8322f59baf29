package org.chatpress.interactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator.ScreenshotOptions;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.chatpress.support.Chromium;
import org.chatpress.support.FakeFile;
import org.chatpress.support.Pictures;
import org.chatpress.text.EmojiTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Makes the pictures of the editors' guide: {@code mvn test -Dtest=SlackPictures}. The program's own views are drawn much
 * as Slack draws them. Needs Chromium and a font with emoji. Its name keeps it out of the build.
 */
@Timeout(600)
class SlackPictures extends WithEditors {
    private static final Path PICTURES = Path.of("examples/slack");
    private static final int MAX_BYTES = 120_000;
    private static final Pattern EMOJI = Pattern.compile(":([a-z0-9_+-]+):");

    private static final String STYLE = """
            body { margin: 0; padding: 24px; background: #e8e8e8; font: 15px/1.46 Lato, "Open Sans", sans-serif; color: #1d1c1d }
            .window { background: #fff; border-radius: 8px; box-shadow: 0 4px 16px #0003; display: flex; flex-direction: column }
            .modal { width: 520px } .home { width: 640px }
            header { display: flex; align-items: center; padding: 18px 24px; font-weight: 800; font-size: 22px;
                     border-bottom: 1px solid #ddd }
            header .app { width: 28px; height: 28px; border-radius: 6px; background: #1264a3; color: #fff; font-size: 15px;
                          display: grid; place-items: center; margin-right: 10px }
            header .close { margin-left: auto; color: #616061; font-weight: 400 }
            nav { display: flex; gap: 20px; padding: 0 24px; border-bottom: 1px solid #ddd; color: #616061; font-size: 13px;
                  font-weight: 700 } nav span { padding: 10px 0 } nav .here { color: #1d1c1d; border-bottom: 2px solid #1264a3 }
            main { padding: 16px 24px 20px } h2 { font-size: 18px; margin: 4px 0 12px } p { margin: 0 0 14px; white-space: pre-line }
            .context { font-size: 13px; color: #616061 } label b { display: block; margin-bottom: 4px }
            .optional { font-weight: 400; color: #616061 } .input { margin-bottom: 14px }
            .field { border: 1px solid #8d8d8e; border-radius: 4px; padding: 6px 10px; min-height: 22px; white-space: pre-wrap }
            .large { min-height: 64px } .hint { font-size: 13px; color: #616061; margin-top: 3px }
            .box { display: inline-block; width: 14px; height: 14px; border: 1px solid #868686; border-radius: 3px;
                   margin-right: 8px; vertical-align: -2px; font: 12px/14px sans-serif; text-align: center; color: #fff }
            .ticked { background: #1264a3; border-color: #1264a3 }
            footer { border-top: 1px solid #ddd; padding: 14px 24px; display: flex; gap: 12px; justify-content: flex-end }
            footer span { border: 1px solid #bbb; border-radius: 4px; padding: 6px 14px; font-weight: 700 }
            footer .submit { background: #007a5a; border-color: #007a5a; color: #fff }
            a { color: #1264a3; text-decoration: none } code { background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px;
            padding: 1px 3px; color: #c01343; font-size: 12px }""";

    @Test
    void makeThem() throws IOException, InterruptedException {
        newsroom.slack.channel("C0COUNCIL");
        newsroom.lists(
                channel(CHANNEL, SLUG, approval("") + ", page: \"https://news.example/election\""),
                "{id: C0COUNCIL, slug: council, since: 2026-11-03T18:00:00Z, headline: Council meeting, closed: true, "
                        + approval("") + "}");
        newsroom.saysAtTheTop("public-url: https://cdn.example/\nphotos: {beside-the-chat: true}");
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "Smith wins by ten votes, and Jones asks for a recount",
                FakeFile.jpeg("F0HALL", Pictures.photo(60, 40)).saying("The town hall, full of people"));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "headline: A winner");
        newsroom.slack.reply(CHANNEL, ts, SECOND_EDITOR, "key: yes");
        newsroom.slack.post(CHANNEL, REPORTER, "The last polls close in the north");
        newsroom.clock.advance(Duration.ofMinutes(3));
        newsroom.slack.post(CHANNEL, SECOND_EDITOR, "Jones will speak at nine");
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        connect();

        String form = modal(edits(EDITOR, CHANNEL, ts).view());
        sends(people.homeOpened(EDITOR));
        String home = home(people.home().view());

        try (Chromium chromium = Chromium.start()) {
            Page page = chromium.browser()
                    .newContext(new NewContextOptions().setViewportSize(720, 1400))
                    .newPage();
            draw(page, form, "form.png");
            draw(page, home, "home.png");
        }
    }

    private static void draw(Page page, String html, String name) throws IOException {
        page.setContent("<!doctype html><meta charset=utf-8><style>" + STYLE + "</style>" + html);
        Path picture = PICTURES.resolve(name);
        page.locator(".window").screenshot(new ScreenshotOptions().setPath(picture));
        assertThat(Files.size(picture)).isLessThan(MAX_BYTES);
    }

    private static String modal(JsonNode view) {
        return "<div class='window modal'><header><span class=app>C</span>"
                + view.at("/title/text").asText() + "<span class=close>✕</span></header><main>" + blocks(view)
                + "</main><footer><span>" + view.at("/close/text").asText() + "</span><span class=submit>"
                + view.at("/submit/text").asText() + "</span></footer></div>";
    }

    private static String home(JsonNode view) {
        return "<div class='window home'><header><span class=app>C</span>livechat</header>"
                + "<nav><span class=here>Home</span><span>Messages</span><span>About</span></nav><main>" + blocks(view)
                + "</main></div>";
    }

    private static String blocks(JsonNode view) {
        var html = new StringBuilder();
        for (JsonNode block : view.path("blocks")) {
            html.append(
                    switch (block.path("type").asText()) {
                        case "header" -> "<h2>" + text(block.path("text")) + "</h2>";
                        case "section" -> "<p>" + text(block.path("text")) + "</p>";
                        case "context" -> "<p class=context>" + text(block.at("/elements/0")) + "</p>";
                        case "input" -> input(block);
                        default -> throw new IllegalStateException("cannot draw " + block);
                    });
        }
        return html.toString();
    }

    private static String input(JsonNode block) {
        JsonNode element = block.path("element");
        String label = "<b>" + text(block.path("label")) + " <span class=optional>(optional)</span></b>";
        String field;
        if (element.path("type").asText().equals("checkboxes")) {
            boolean isTicked = element.has("initial_options");
            field = "<div><span class='box " + (isTicked ? "ticked'>✓" : "'>") + "</span>"
                    + text(element.at("/options/0/text")) + "</div>";
        } else {
            field = "<div class='field " + (element.path("multiline").asBoolean() ? "large" : "") + "'>"
                    + escaped(element.path("initial_value").asText("")) + "</div>";
        }
        String hint = block.has("hint") ? "<div class=hint>" + text(block.path("hint")) + "</div>" : "";
        return "<div class=input><label>" + label + field + hint + "</label></div>";
    }

    /** A text object of Slack as HTML. mrkdwn is escaped as HTML is. */
    private static String text(JsonNode text) {
        if (text.path("type").asText().equals("plain_text")) {
            return escaped(text.path("text").asText());
        }
        String html = text.path("text")
                .asText()
                .replaceAll("<(https://[^|>]+)\\|([^>]+)>", "<a href='$1'>$2</a>")
                .replaceAll("(?m)(^|\\s)\\*([^*\\n]+)\\*", "$1<b>$2</b>")
                .replaceAll("`([^`]+)`", "<code>$1</code>");
        return EMOJI.matcher(html)
                .replaceAll(
                        name -> EmojiTable.standard().characters(name.group(1)).orElse(name.group()));
    }

    private static String escaped(String plain) {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
