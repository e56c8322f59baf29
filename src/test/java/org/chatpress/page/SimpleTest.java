package org.chatpress.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Route;
import java.util.Map;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;

/** The chat in a few lines shows what the program published. */
class SimpleTest extends WithBrowser {
    @Test
    void showsTheChatAndEmptiesThePageWhenItIsTakenDown() {
        newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
        openSimple();
        assertThat(page.locator("article").innerText()).contains("polls are closed");

        newsroom.says("approval: none, hidden: true");
        newsroom.cycle();
        page.clock().runFor(10_000);

        page.waitForFunction("!document.querySelector('article')");
        assertThat(page.locator("#headline").innerText()).isEmpty();
    }

    @Test
    void showsTheBylineIfThereIsOne() {
        newsroom.says(TestNewsroom.approval(""));
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "by: The Example’s staff");
        newsroom.cycle();
        openSimple();

        assertThat(page.locator("article p").first().innerText()).startsWith("The Example’s staff, ");
    }

    /** Its own address of the chat is answered with what the newsroom published. */
    private void openSimple() {
        page.context().close();
        page = newPage(new Browser.NewContextOptions().setBypassCSP(true));
        page.route("https://static.example/chats/*", this::answer);
        page.navigate(site.page("x.html", "").replace("x.html", "simple.html"));
        page.waitForSelector("article");
    }

    private void answer(Route route) {
        String key = route.request().url().replace("https://static.example/chats/", "");
        var answer = new Route.FulfillOptions().setHeaders(Map.of("Access-Control-Allow-Origin", "*"));
        newsroom.storage()
                .blob(key)
                .ifPresentOrElse(
                        object -> route.fulfill(answer.setBodyBytes(object.bytes())),
                        () -> route.fulfill(answer.setStatus(404)));
    }
}
