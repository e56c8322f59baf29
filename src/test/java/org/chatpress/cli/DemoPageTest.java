package org.chatpress.cli;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chatpress.support.Axe;
import org.chatpress.support.Chromium;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo's page in a real browser. */
@Tag("browser")
@TestInstance(Lifecycle.PER_CLASS)
class DemoPageTest {
    private static final String IS_ON_TOP = """
            element => {
              const { left, right, top, bottom } = element.getBoundingClientRect();
              return document.elementFromPoint((left + right) / 2, (top + bottom) / 2) === element;
            }""";

    private final List<String> problems = new ArrayList<>();
    private Chromium chromium;
    private RunningDemo demo;
    private Page page;

    @BeforeAll
    void startBrowser() {
        chromium = Chromium.start();
        demo = new RunningDemo("--minutes", "10");
    }

    @AfterAll
    void stop() throws Exception {
        if (chromium != null) {
            chromium.close();
            demo.close();
        }
    }

    @BeforeEach
    void open() {
        page = open(new NewContextOptions().setViewportSize(1280, 800));
    }

    private Page open(NewContextOptions options) {
        Page opened = chromium.browser().newContext(options).newPage();
        opened.onPageError(problems::add);
        opened.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().contains("Failed to load resource")) {
                problems.add(message.text());
            }
        });
        opened.navigate(demo.address());
        return opened;
    }

    @AfterEach
    void nothingWentWrong() {
        page.context().close();
        assertThat(problems).isEmpty();
    }

    @Test
    void theTourLeadsThroughAnApprovalAnEditAndATakedownToTheJson() {
        Locator gavel = message("The gavel is missing");
        assertThat(step()).containsText("1 of 4");
        assertThat(gavel).containsText("waits for an approval");
        assertThat(readers("gavel is missing")).hasCount(0);

        press(gavel, "Approve");
        assertThat(readers("The gavel is missing")).isVisible();
        assertThat(step()).containsText("2 of 4");

        rewrite(gavel, "The gavel is back");
        Locator back = message("The gavel is back");
        assertThat(back).containsText("Readers still see the approved words");
        assertThat(back).containsText("in Slack, add ✔️ too, or remove your ✅");
        assertThat(step()).containsText("3 of 4");
        assertThat(readers("The gavel is missing")).isVisible();

        press(back, "Take back");
        assertThat(readers("The gavel is missing")).hasCount(0);
        assertThat(step()).containsText("4 of 4");

        aSecondTabHasATourOfItsOwn();

        step().getByText("Look at the JSON").click();
        assertThat(page.locator("#json pre")).containsText("\n  \"seq\": ");
        page.keyboard().press("Escape");
        step().getByText("Use your own Slack").click();
        assertThat(page.locator("#own-slack")).containsText("chatpress.jar init");
        page.locator("#own-slack").getByText("Close").click();
        page.getByText("Close the tour").click();
        page.reload();
        assertThat(message("The gavel is back")).isVisible();
        assertThat(page.locator(".tour")).isHidden();
        assertThat(page.locator(".top").getByText("Use your own Slack")).isVisible();

        page.getByText("Start the tour").click();
        assertThat(step()).containsText("1 of 4");
        assertThat(step()).containsText("Write a message below");
        assertThat(page.locator("#words")).isFocused();
    }

    /** In a second tab, the message that was made for the tour may be approved, edited and taken back already. */
    private void aSecondTabHasATourOfItsOwn() {
        Page other = open(new NewContextOptions());
        assertThat(other.locator(".step")).containsText("1 of 4");
        other.locator("#words").fill("Another visitor writes");
        other.keyboard().press("Enter");
        Locator message = other.locator(".toured");
        assertThat(message).containsText("Another visitor writes");

        press(message, "Approve");

        assertThat(other.locator(".step")).containsText("2 of 4");
        other.context().close();
    }

    /** Without another answer from the server, only the readers' page says that the message is public. */
    @Test
    void aMessageIsPublicOnTheLeftNoLaterThanOnTheRight() throws Exception {
        String ts = post("Both sides agree");
        assertThat(message("Both sides agree")).containsText("waits for an approval");
        page.route("**/api/newsroom?*", route -> {});

        demo.act(action("approve", ts));

        assertThat(readers("Both sides agree")).isVisible();
        assertThat(message("Both sides agree").locator(".state")).hasText("Public");
    }

    @Test
    void aClickIsAnsweredAtOnce() throws Exception {
        post("Clicked once");
        assertThat(message("Clicked once")).containsText("waits for an approval");
        page.route("**/api/newsroom", route -> {});

        press(message("Clicked once"), "Approve");

        assertThat(message("Clicked once").locator(".state")).hasText("Publishing…");
        assertThat(message("Clicked once").locator(".primary")).hasCount(0);
    }

    @Test
    void aMessageIsBeingTakenBackUntilReadersHaveLostIt() throws Exception {
        String ts = post("Edited and taken back");
        press(message("Edited and taken back"), "Approve");
        assertThat(readers("Edited and taken back")).isVisible();
        rewrite(message("Edited and taken back"), "Edited, then taken back");
        press(message("Edited, then taken back"), "Approve the edit");
        assertThat(message("Edited, then taken back").locator(".state strong")).hasText("Public");

        // While a cycle removes the message, the server's state can look like that of an edit that waits.
        var isBeingRemoved = new AtomicBoolean();
        page.route("**/api/newsroom?*", route -> {
            String state = route.fetch().text();
            route.fulfill(new Route.FulfillOptions()
                    .setContentType("application/json")
                    .setBody(
                            isBeingRemoved.get() ? state.replace("\"editWaits\":false", "\"editWaits\":true") : state));
        });
        press(message("Edited, then taken back"), "Take back");
        isBeingRemoved.set(true);
        page.evaluate("""
                ts => {
                  window.contradictions = [];
                  const look = () => {
                    const state = document.querySelector(`[data-ts="${ts}"] .state strong`).textContent;
                    if (document.querySelector("iframe").contentDocument.getElementById(`m-${ts}`)
                      && state !== "Taking it back…") {
                      window.contradictions.push(state);
                    }
                    requestAnimationFrame(look);
                  };
                  look();
                }""", ts);

        assertThat(readers("Edited, then taken back")).hasCount(0);
        isBeingRemoved.set(false);
        assertThat(message("Edited, then taken back").locator(".state strong")).hasText("Not public");
        assertThat((List<?>) page.evaluate("window.contradictions")).isEmpty();
        // A request that is under way when the page closes would fail the test.
        page.unrouteAll();
    }

    @Test
    void theButtonToTheNewestMessagesIsAboveTheMessages() throws Exception {
        page.locator(".messages").evaluate("list => list.scrollTop = 0");
        post("Posted out of sight");

        assertThat(page.locator(".newer")).isVisible();
        assertThat((boolean) page.locator(".newer").evaluate(IS_ON_TOP)).isTrue();
    }

    @Test
    void theButtonsOfAMessageCoverNothing() {
        Locator message = page.locator(".message:has(.state .public)").first();
        message.scrollIntoViewIfNeeded();
        message.hover();

        assertThat(message.getByText("Take back")).isVisible();
        assertThat((double) message.evaluate("""
                message => message.querySelector(".actions").getBoundingClientRect().top
                  - message.querySelector(".state").getBoundingClientRect().bottom + 0.5""")).isPositive();
    }

    @Test
    void whatIsEditedStaysInSightOfReaders() throws Exception {
        String ts = post("Edited for a long time");
        demo.act(action("approve", ts));
        assertThat(readers("Edited for a long time")).isVisible();

        press(message("Edited for a long time"), "Edit");
        for (int i = 0; i < 12; i++) {
            demo.act(action("approve", post("Posted meanwhile, " + i)));
        }

        assertThat(message("Posted meanwhile, 11")).containsText("Public");
        assertThat(readers("Edited for a long time")).isInViewport();
    }

    @Test
    void readersSeeEachAction() {
        page.locator("#words").fill("The mayor waves *both* hands <at> once");
        page.keyboard().press("Enter");
        Locator message = message("waves both hands <at> once");
        assertThat(message).containsText("waits for an approval");

        press(message, "Approve");
        assertThat(readers("waves both hands <at> once")).isVisible();
        press(message, "Hold");
        assertThat(readers("waves both hands")).hasCount(0);
        assertThat(message).containsText("held by Ruth Castellanos");
        press(message, "Undo hold");
        assertThat(readers("waves both hands")).isVisible();
        press(message, "Reject");
        assertThat(readers("waves both hands")).hasCount(0);
        press(message, "Approve");
        assertThat(readers("waves both hands")).isVisible();

        rewrite(message, "The mayor waves one hand");
        Locator edited = message("waves one hand");
        assertThat(edited).containsText("approve it again");
        assertThat(edited.locator(".state strong")).hasText("Edit not public");
        assertThat(readers("waves both hands")).isVisible();
        press(edited, "Approve the edit");
        assertThat(readers("waves one hand")).isVisible();

        press(edited, "Delete");
        page.locator("#delete .danger").click();
        assertThat(readers("waves one hand")).hasCount(0);
        assertThat(edited).hasCount(0);
    }

    @Test
    void aMessageIsDeletedOnlyAfterAQuestion() throws Exception {
        demo.act(action("approve", post("Deleted by mistake")));
        Locator message = message("Deleted by mistake");
        assertThat(readers("Deleted by mistake")).isVisible();

        press(message, "Delete");

        Locator question = page.getByRole(AriaRole.DIALOG, named("Delete message"));
        assertThat(question).containsText("Keiko Yamanaka");
        assertThat(question).containsText("Deleted by mistake");
        assertThat(question.getByText("Cancel")).isFocused();
        page.keyboard().press("Enter");
        assertThat(question).isHidden();
        assertThat(message.getByText("Delete", new Locator.GetByTextOptions().setExact(true)))
                .isFocused();
        demo.act(action("approve", post("Posted after the question")));
        assertThat(readers("Posted after the question")).isVisible();
        assertThat(readers("Deleted by mistake")).isVisible();

        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");

        assertThat(message).hasCount(0);
        assertThat(readers("Deleted by mistake")).hasCount(0);
        assertThat(page.locator(".message:focus")).hasCount(1);
    }

    @Test
    void aPhotoIsPublishedWithItsDescription() {
        page.locator(".file input").setInputFiles(Path.of("examples/demo/export/__uploads/F07GULLPIER/gull.jpg"));
        page.getByLabel("Describe the photo").fill("A gull with a gavel");
        page.locator("#words").fill("Found it");
        page.getByText("Send").click();
        Locator message = message("Found it");
        assertThat(message.getByAltText("A gull with a gavel")).isVisible();

        press(message, "Approve");
        assertThat(readers("Found it").getByAltText("A gull with a gavel")).isVisible();
    }

    @Test
    void theKeyboardAloneIsEnough() {
        page.locator("#words").focus();
        page.keyboard().type("Typed without a mouse");
        page.keyboard().press("Enter");
        Locator message = message("Typed without a mouse");
        assertThat(message).containsText("waits for an approval");

        for (int i = 0; i < 20 && !isFocused(".message"); i++) {
            page.keyboard().press("Shift+Tab");
        }
        for (int i = 0; i < 400 && !page.locator(":focus").innerText().contains("without a mouse"); i++) {
            page.keyboard().press(i == 0 ? "ArrowUp" : "ArrowDown");
        }
        page.keyboard().press("Tab");
        assertThat(page.locator(":focus")).hasText("Approve");
        page.keyboard().press("Enter");
        assertThat(readers("Typed without a mouse")).isVisible();
        assertThat(message).isFocused();
    }

    @Test
    void aPhoneShowsOneSideAtATime() {
        page.setViewportSize(320, 640);
        assertThat(page.locator(".newsroom")).isVisible();
        assertThat(page.locator("iframe")).isHidden();
        assertThat(overflow()).isZero();

        page.getByText("Readers", new Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        assertThat(page.locator(".newsroom")).isHidden();
        assertThat(page.frameLocator("iframe").locator(".lc-message").first()).isVisible();
        assertThat(overflow()).isZero();
    }

    @Test
    void aPhoneShowsThatReadersGotTheMessage() {
        page.setViewportSize(390, 844);
        assertThat(page.locator(".composer [type=submit]")).isHidden();
        page.locator("#words").fill("Approved on a phone");
        page.getByText("Send").click();
        Locator message = message("Approved on a phone");
        assertThat(page.locator(".news")).hasCount(0);

        press(message, "Approve");

        assertThat(message.locator(".state strong")).hasText("Public");
        assertThat(page.locator(".news")).hasText("Readers");
        assertThat(page.locator(".news")).hasAttribute("aria-label", "Readers: there is a change");
        assertThat(distinctTops(message.locator(".actions button"))).isEqualTo(1);
        page.locator(".news").click();
        assertThat(page.locator(".news")).hasCount(0);
        assertThat(readers("Approved on a phone")).isInViewport();
    }

    /** A screen of 1280 by 720 at 200 %. */
    @Test
    void atTwiceTheSizeEverythingCanBeReached() {
        page.setViewportSize(640, 360);
        page.reload();
        assertThat(page.locator(".message").last()).isVisible();
        assertThat(step()).isInViewport();

        page.getByText("Send").scrollIntoViewIfNeeded();

        assertThat(page.locator("#words")).isVisible();
        assertThat(page.locator(".message").last()).isVisible();
        assertThat(overflow()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1280, 800, LIGHT", "1280, 800, DARK", "360, 700, LIGHT"})
    void axeFindsNothing(int width, int height, ColorScheme scheme) {
        Page other = open(new NewContextOptions().setViewportSize(width, height).setColorScheme(scheme));
        assertThat(other.locator(".message").last()).isVisible();
        other.evaluate(Axe.script());
        other.locator(".message").first().hover();
        assertThat((List<?>) other.evaluate(Axe.VIOLATIONS)).isEmpty();

        for (String dialog : List.of("own-slack", "json", "delete")) {
            other.evaluate("id => document.getElementById(id).showModal()", dialog);
            assertThat((List<?>) other.evaluate(Axe.violationsIn("dialog[open]")))
                    .as(dialog)
                    .isEmpty();
            other.keyboard().press("Escape");
        }
        other.context().close();
    }

    /** Posts a message behind the page's back; its ts. */
    private String post(String words) throws Exception {
        String answer = demo.act("{\"action\": \"post\", \"text\": \"%s\"}".formatted(words))
                .body();
        return answer.replaceAll("[^0-9.]", "");
    }

    private static String action(String action, String ts) {
        return "{\"action\": \"%s\", \"ts\": \"%s\"}".formatted(action, ts);
    }

    private static int distinctTops(Locator elements) {
        return (int) elements.evaluateAll("all => new Set(all.map((one) => one.getBoundingClientRect().top)).size");
    }

    private Locator message(String words) {
        return page.locator(".message", new Page.LocatorOptions().setHasText(words));
    }

    private Locator readers(String words) {
        return page.frameLocator("iframe")
                .locator(".lc-feed > .lc-message", new FrameLocator.LocatorOptions().setHasText(words));
    }

    private Locator step() {
        return page.locator(".step");
    }

    private static void press(Locator message, String button) {
        message.hover();
        message.getByText(button, new Locator.GetByTextOptions().setExact(true)).click();
    }

    private void rewrite(Locator message, String words) {
        press(message, "Edit");
        page.getByLabel("The message").fill(words);
        page.keyboard().press("Enter");
    }

    private boolean isFocused(String selector) {
        return (boolean) page.evaluate("document.activeElement.matches('" + selector + "')");
    }

    /** How many pixels the page is wider than the window. */
    private int overflow() {
        return (int) page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }
}
