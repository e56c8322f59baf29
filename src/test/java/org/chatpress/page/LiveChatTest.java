package org.chatpress.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.chatpress.support.Clips;
import org.chatpress.support.FakeFile;
import org.chatpress.support.Pictures;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reader sees of what a newsroom does: the real program publishes, a real browser shows. */
class LiveChatTest extends WithBrowser {
    /** The words of the messages that were posted, by number, and their ts. */
    private final List<String> posted = new ArrayList<>();

    @AfterEach
    void nothingWentWrong() {
        posted.clear();
        assertThat(pageErrors).isEmpty();
    }

    @Test
    void eachChangeIsSeenWithinOnePollInItsPlaceAndMovesNothing() {
        newsroom.says(TestNewsroom.approval(""));
        postApproved(30);
        String late = posted.get(25);
        newsroom.slack.unreact(CHANNEL, late, EDITOR, "white_check_mark");
        newsroom.cycle();
        open("");
        scrollTo(15);
        double place = top(15);

        String fresh = newsroom.slack.post(CHANNEL, REPORTER, "message 30");
        poll();
        assertThat(words()).hasSize(29);

        approve(fresh);
        poll();
        assertThat(page.locator(".lc-news").innerText()).isEqualTo("1 new message");
        assertThat(words()).hasSize(29);
        assertThat(top(15)).isCloseTo(place, within(1.0));

        approve(late);
        poll();
        assertThat(words()).containsSubsequence("message 26", "message 25", "message 24");
        assertThat(top(15)).isCloseTo(place, within(1.0));

        newsroom.slack.edit(CHANNEL, posted.get(24), EDITOR, "message 24, much longer\n\nthan\n\nbefore");
        poll();
        assertThat(article(24)).contains("much longer").contains("Edited");
        assertThat(top(15)).isCloseTo(place, within(1.0));

        newsroom.slack.unreact(CHANNEL, posted.get(26), EDITOR, "white_check_mark");
        poll();
        assertThat(words()).doesNotContain("message 26");
        assertThat(top(15)).isCloseTo(place, within(1.0));

        newsroom.slack.delete(CHANNEL, posted.get(28));
        newsroom.slack.delete(CHANNEL, posted.get(3));
        poll();
        assertThat(words()).doesNotContain("message 28", "message 3");
        assertThat(top(15)).isCloseTo(place, within(1.0));

        newsroom.says(TestNewsroom.approval("") + ", closed: true");
        poll();
        assertThat(page.locator(".lc-state").innerText()).startsWith("This chat has ended".toUpperCase(Locale.ROOT));
        assertThat(top(15)).isCloseTo(place, within(1.0));

        page.locator(".lc-news").click();
        assertThat(page.locator("live-chat").innerHTML()).isEqualTo(freshLoad(""));
    }

    @Test
    void aReaderAtTheTopSeesNewMessagesAtOnce() {
        newsroom.says("approval: none");
        post(5);
        newsroom.cycle();
        open("");

        post(1);
        poll();

        assertThat(words().get(0)).isEqualTo("message 5");
        assertThat(page.locator(".lc-news").isVisible()).isFalse();
        assertThat(page.locator("[role=status]").innerText()).isEqualTo("1 new message");
    }

    /** A layout shift of up to 0.1 is good: https://web.dev/articles/cls. */
    @ParameterizedTest
    @ValueSource(strings = {"newest", "oldest"})
    void layoutShiftsOnlyWhereANewMessageComesInAtTheTop(String order) {
        page.addInitScript("""
                globalThis.shift = 0;
                new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (shift += value)))
                  .observe({ type: "layout-shift" });""");
        post(40);
        newsroom.cycle();
        open("order=\"" + order + "\"");
        assertThat(shift()).as("at the first view").isLessThan(0.1);

        scrollTo(20);
        shift();
        post(3);
        poll();
        assertThat(shift()).as("while reading").isLessThan(0.01);

        page.evaluate("scrollTo(0, " + (order.equals("oldest") ? "document.body.scrollHeight" : "0") + ")");
        shift();
        post(1);
        poll();
        double shift = shift();
        assertThat(shift > 0.01).as("at the live edge: %s", shift).isEqualTo(order.equals("newest"));
    }

    /** The sum of all shifts since the last call. */
    private double shift() {
        page.waitForTimeout(300);
        return ((Number) page.evaluate("[shift, (shift = 0)][0]")).doubleValue();
    }

    @Test
    void newMessagesWaitBehindAButtonThatLeadsToTheFirstOfThem() {
        post(40);
        newsroom.cycle();
        open("");
        scrollTo(20);

        post(1);
        poll();
        post(2);
        poll();

        assertThat(page.locator(".lc-news").innerText()).isEqualTo("3 new messages");
        assertThat(page.title()).isEqualTo("(3) The Example");

        page.locator(".lc-news").click();
        assertThat(words().subList(0, 4)).containsExactly("message 42", "message 41", "message 40", "message 39");
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("m-" + posted.get(42));
        assertThat(page.locator(".lc-news").isVisible()).isFalse();
        assertThat(page.title()).isEqualTo("The Example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "order=\"oldest\""})
    void theButtonLeadsToTheNewMessageAlthoughThePageLooksMeanwhile(String order) {
        post(40);
        newsroom.cycle();
        open(order);
        scrollTo(20);
        post(1);
        poll();

        page.locator(".lc-news").click();
        page.waitForTimeout(100);
        page.evaluate("document.querySelector('live-chat').look()");

        PlaywrightAssertions.assertThat(page.locator("[id='m-" + posted.get(40) + "']"))
                .isInViewport();
    }

    @Test
    void aPhotoTakesItsPlaceholdersPlaceAndMovesNothing() {
        newsroom.saysAtTheTop("photos: {beside-the-chat: true, max-width: 200}");
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "the hall",
                FakeFile.jpeg("F0HALL", Pictures.photo(300, 200)).saying("The hall is full"));
        newsroom.cycle();
        open("");
        var photo = page.locator("[id='m-" + ts + "'] .lc-photo > :first-child");
        double height = photo.boundingBox().height;
        assertThat(photo.getAttribute("aria-label")).isEqualTo("A photo is on its way");

        poll();

        assertThat(photo.getAttribute("src")).startsWith(site.chats("reader") + TestNewsroom.SLUG + "/photos/");
        assertThat(photo.getAttribute("alt")).isEqualTo("The hall is full");
        assertThat(photo.boundingBox().height).isEqualTo(height);
        photo.scrollIntoViewIfNeeded();
        page.waitForFunction("document.querySelector('.lc-photo img').naturalWidth === 200");
    }

    @Test
    void aClipStartsNothingByItselfAndPlaysByKeyboard() {
        Clips.isNeeded();
        newsroom.saysAtTheTop("videos: {beside-the-chat: true, height: 144}");
        byte[] clip = Clips.phone("320x240", 3);
        String ts = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "the hall",
                FakeFile.jpeg("F0HALL", clip)
                        .called("hall.mov", "video/quicktime")
                        .saying("People cheer"));
        newsroom.cycle();
        open("");
        var player = page.locator("[id='m-" + ts + "'] .lc-photo > :first-child");
        assertThat(player.getAttribute("aria-label")).isEqualTo("A clip is on its way");

        poll();
        page.waitForTimeout(300);

        assertThat(player.evaluate("video => video.tagName")).isEqualTo("VIDEO");
        assertThat(player.getAttribute("aria-label")).isEqualTo("People cheer");
        assertThat(player.getAttribute("poster")).endsWith(".jpg");
        assertThat(requests).noneMatch(url -> url.endsWith(".mp4"));
        assertThat((Boolean) player.evaluate("video => video.paused && video.preload === 'none' && video.controls"))
                .isTrue();
        player.focus();
        page.keyboard().press("Space");
        for (int i = 0; i < 100 && !(Boolean) player.evaluate("video => video.currentTime > 0.2"); i++) {
            page.waitForTimeout(100);
        }
        assertThat((Boolean) player.evaluate("video => video.currentTime > 0.2"))
                .as("plays")
                .isTrue();
        assertThat((Double) player.evaluate("video => Math.round(video.duration * 10) / 10 + 0.01"))
                .isEqualTo(3.01);
        assertThat((Boolean) player.evaluate("video => video.webkitAudioDecodedByteCount > 0"))
                .isTrue();
        assertThat(requests).anyMatch(url -> url.endsWith(".mp4"));
    }

    @Test
    void theStatusIsEmptyFromTheStartAndGathersWhatIsNew() {
        post(5);
        newsroom.cycle();
        open("");
        var status = page.locator("[role=status][aria-live=polite]");
        assertThat(status.textContent()).isEmpty();

        post(1);
        pollAtOnce();
        assertThat(status.textContent()).isEqualTo("1 new message");
        post(2);
        pollAtOnce();
        post(1);
        pollAtOnce();
        assertThat(status.textContent()).as("throttled").isEqualTo("1 new message");

        page.clock().runFor(10_000);
        assertThat(status.textContent()).isEqualTo("3 new messages");
        page.clock().runFor(10_000);
        assertThat(status.textContent()).isEmpty();
    }

    @Test
    void earlierMessagesComeWhenAskedFor() {
        post(130);
        newsroom.cycle();
        open("");
        assertThat(words()).hasSizeBetween(40, 80);

        int shown = words().size();
        page.locator(".lc-earlier").click();
        settle();
        assertThat(words()).hasSize(shown + 40);
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("m-" + posted.get(130 - shown - 1));

        page.locator(".lc-earlier").click();
        settle();
        assertThat(words()).hasSize(130).last().isEqualTo("message 0");
        assertThat(page.locator(".lc-earlier").isVisible()).isFalse();
    }

    @Test
    void aDeepLinkLoadsTheRightPageAlone() {
        post(400);
        newsroom.cycle();
        site.downloads();
        page.navigate(site.page(
                        "chat.html",
                        "<live-chat src=\"%s\"></live-chat>".formatted(site.pointer("reader", TestNewsroom.SLUG)))
                + "#m-" + posted.get(90));
        settle();

        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("m-" + posted.get(90));
        assertThat(words()).contains("message 90").hasSizeLessThan(60);
        assertThat(site.downloads().stream().filter(file -> file.key().contains("/i/p-")))
                .hasSizeLessThanOrEqualTo(3);

        int shown = words().size();
        page.locator(".lc-later").click();
        settle();
        assertThat(words()).hasSize(shown + 40).contains("message 90");

        post(1);
        poll();
        assertThat(words()).doesNotContain("message 400");
        page.locator(".lc-news").click();
        settle();
        assertThat(words().get(0)).isEqualTo("message 400");
        assertThat(page.locator(".lc-later").isVisible()).isFalse();

        page.evaluate("location.hash = '#m-" + posted.get(5) + "'");
        settle();
        PlaywrightAssertions.assertThat(page.locator("[id='m-" + posted.get(5) + "']"))
                .isFocused();
    }

    @Test
    void anOlderPointerIsIgnored() {
        post(3);
        newsroom.cycle();
        var old = newsroom.storage().backup();
        post(1);
        newsroom.cycle();
        open("");

        newsroom.storage().restore(old);
        look();

        assertThat(words().get(0)).isEqualTo("message 3");
    }

    @Test
    void aNewEpochStartsAfresh() {
        post(5);
        newsroom.cycle();
        open("");
        newsroom.losesItsDatabase();
        newsroom.slack.delete(CHANNEL, posted.get(2));
        post(1);

        poll();
        poll();

        assertThat(page.locator("live-chat").innerHTML()).isEqualTo(freshLoad(""));
        assertThat(words()).hasSize(5).doesNotContain("message 2");
    }

    @Test
    void aFileThatIsGoneAsksThePointerAgain() {
        post(5);
        newsroom.cycle();
        site.loses(TestNewsroom.SLUG + "/i/p-");
        page.navigate(site.page(
                "chat.html",
                "<live-chat src=\"%s\"></live-chat>".formatted(site.pointer("reader", TestNewsroom.SLUG))));
        page.waitForResponse(
                response -> response.status() == 404, () -> page.clock().runFor(50));
        site.loses();
        page.clock().runFor(1000);
        settle();

        assertThat(words()).hasSize(5);
        assertThat(site.downloads().stream().filter(file -> file.key().endsWith("live.json")))
                .hasSizeGreaterThan(1);
    }

    @Test
    void aReaderWithoutANetworkSeesANoticeAndCatchesUp() {
        post(5);
        newsroom.cycle();
        open("");
        page.context().setOffline(true);
        look();
        assertThat(page.locator(".lc-state").innerText()).startsWith("RECONNECTING");

        for (int i = 0; i < 4; i++) {
            page.clock().runFor(30_000);
            settle();
        }
        assertThat(page.locator(".lc-state").innerText()).contains("This may be out of date. Last checked");
        assertThat(words()).hasSize(5);

        post(30);
        newsroom.cycle();
        page.context().setOffline(false);
        PlaywrightAssertions.assertThat(page.locator(".lc-message")).hasCount(35);
        assertThat(page.locator(".lc-state").innerText()).startsWith("LIVE");
    }

    @Test
    void asksLessOftenWhatIsQuietAndNothingMoreOfWhatIsOver() {
        newsroom.says("approval: none, closed: true");
        post(1);
        newsroom.cycle();
        open("");
        site.downloads();

        page.clock().runFor(3_600_000);
        settle();

        assertThat(site.downloads()).isEmpty();
        assertThat(page.locator(".lc-state").innerText()).startsWith("THIS CHAT HAS ENDED");
    }

    @Test
    void aChatThatIsTakenDownWholeLeavesThePage() {
        post(5);
        newsroom.cycle();
        open("");

        newsroom.says("approval: none, hidden: true");
        newsroom.cycle();
        for (int i = 0; i < 4; i++) {
            page.clock().runFor(20_000);
            settle();
        }

        assertThat(page.locator(".lc-message").count()).isZero();
        assertThat(page.locator(".lc-state").innerText()).isEqualTo("THIS CHAT IS NOT AVAILABLE");
    }

    @Test
    void tellsTheHostPageWhatCameChangedAndWent() {
        post(3);
        newsroom.cycle();
        open("");
        page.evaluate("""
                window.told = [];
                for (const type of ["inserted", "updated", "removed", "closed"]) {
                  addEventListener("livechat:" + type, ({ detail }) =>
                    told.push(type + " " + detail.messages.map((m) => m.text).join()));
                }""");

        post(1);
        poll();
        newsroom.slack.edit(CHANNEL, posted.get(1), REPORTER, "message 1b");
        poll();
        newsroom.slack.delete(CHANNEL, posted.get(2));
        poll();
        newsroom.says("approval: none, closed: true");
        poll();

        assertThat(page.evaluate("told"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .containsExactly("inserted message 3", "updated message 1b", "removed message 2", "closed ");
    }

    @Test
    void takesOverAChatThatIsInThePageAlready() {
        post(30);
        newsroom.cycle();
        var inThePage = new StringBuilder();
        for (int i = 29; i >= 0; i--) {
            inThePage.append("<article id=\"m-%s\"><p>message %d</p></article>".formatted(posted.get(i), i));
        }
        post(1);
        newsroom.cycle();
        site.loses(TestNewsroom.SLUG);
        page.navigate(site.page(
                "chat.html",
                "<live-chat src=\"%s\">%s</live-chat>"
                        .formatted(site.pointer("reader", TestNewsroom.SLUG), inThePage)));
        settle();
        assertThat(page.locator("live-chat article").count()).isEqualTo(30);
        page.evaluate("document.getElementById('m-" + posted.get(25) + "').scrollIntoView({block: 'start'})");
        double place = top(25);

        site.loses();
        page.clock().runFor(20_000);
        settle();

        assertThat(words()).hasSize(31);
        assertThat(top(25)).isCloseTo(place, within(1.0));
    }

    @Test
    void takesOverTheFragmentThatTheProgramPublished() {
        newsroom.says("approval: none, formats: [html]");
        post(30);
        newsroom.cycle();
        String fragment = newsroom.storage().text(TestNewsroom.SLUG + "/fragment.html");
        site.loses(TestNewsroom.SLUG);
        page.navigate(site.page(
                "chat.html",
                "<live-chat src=\"%s\">%s</live-chat>".formatted(site.pointer("reader", TestNewsroom.SLUG), fragment)));
        settle();
        assertThat(page.locator("live-chat article").count()).isEqualTo(30);
        page.evaluate("document.getElementById('m-" + posted.get(20) + "').scrollIntoView({block: 'start'})");
        double place = top(20);

        site.loses();
        page.clock().runFor(20_000);
        settle();

        assertThat(words()).hasSize(30);
        assertThat(top(20)).isCloseTo(place, within(1.0));
        assertThat(page.locator("live-chat").innerHTML()).isEqualTo(freshLoad(""));
    }

    @Test
    void aKeyboardAloneLeadsEverywhere() {
        post(130);
        newsroom.cycle();
        open("");
        page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = String(text); }");

        press("Tab", ".lc-message");
        for (int i = 0; i < 12; i++) {
            page.keyboard().press("PageDown");
        }
        assertThat(focused()).isEqualTo("m-" + posted.get(117));

        post(2);
        poll();
        page.keyboard().press("Control+Home");
        assertThat(page.locator(".lc-news").innerText()).isEqualTo("2 new messages");
        page.keyboard().press("Enter");
        assertThat(focused()).isEqualTo("m-" + posted.get(131));

        page.keyboard().press("Control+End");
        page.keyboard().press("Enter");
        settle();
        page.waitForFunction("document.activeElement.matches('.lc-message')");
        assertThat(focused()).isEqualTo("m-" + posted.get(79));

        press("Tab", ".lc-copy");
        page.keyboard().press("Enter");
        assertThat(page.locator("[role=status]").innerText()).isEqualTo("Link copied");
        assertThat((String) page.evaluate("copied")).contains("#m-");
    }

    @Test
    void theFocusedElementKeepsTheFocusOrPassesItToItsNeighbour() {
        post(10);
        newsroom.cycle();
        open("");
        page.evaluate("document.getElementById('m-" + posted.get(5) + "').focus()");

        newsroom.slack.edit(CHANNEL, posted.get(5), REPORTER, "message 5b");
        poll();
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("m-" + posted.get(5));

        newsroom.slack.delete(CHANNEL, posted.get(5));
        poll();
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("m-" + posted.get(4));
    }

    @Test
    void oldestFirstOpensAtTheEndWhereTheChatIsAlone() {
        post(40);
        newsroom.cycle();

        open("order=\"oldest\"");

        assertThat(page.locator(".lc-message").last().boundingBox().y).isBetween(0.0, 600.0);
    }

    @Test
    void aReaderAboveTheChatStaysThere() {
        post(40);
        newsroom.cycle();
        page.navigate(site.page(
                "chat.html",
                "<p>The article.</p>".repeat(100)
                        + "<live-chat order=\"oldest\" src=\"%s\"></live-chat>"
                                .formatted(site.pointer("reader", TestNewsroom.SLUG))));
        settle();
        assertThat(page.evaluate("scrollY")).isEqualTo(0);

        newsroom.slack.edit(CHANNEL, posted.get(30), REPORTER, "message 30, longer\n\nthan\n\nbefore");
        poll();

        assertThat(article(30)).contains("longer");
        assertThat(page.evaluate("scrollY")).isEqualTo(0);
    }

    @Test
    void aLookThatFindsNothingNewMakesNoClock() {
        post(20);
        newsroom.cycle();
        open("");
        page.evaluate("""
                () => {
                  const { DateTimeFormat } = Intl;
                  window.clocks = 0;
                  Intl.DateTimeFormat = function (...how) {
                    clocks++;
                    return new DateTimeFormat(...how);
                  };
                }""");

        look();

        assertThat(page.evaluate("clocks")).isEqualTo(0);
    }

    @Test
    void aDeepLinkIsFollowedOnceTheChatCanBeRead() {
        post(130);
        newsroom.cycle();
        site.loses(TestNewsroom.SLUG);
        page.navigate(site.page(
                        "chat.html",
                        "<live-chat src=\"%s\"></live-chat>".formatted(site.pointer("reader", TestNewsroom.SLUG)))
                + "#m-" + posted.get(5));
        settle();

        site.loses();
        look();

        assertThat(focused()).isEqualTo("m-" + posted.get(5));
        page.evaluate("document.activeElement.blur()");
        look();
        assertThat(focused()).as("once only").isEmpty();
    }

    @Test
    void whereNothingCanBeCopiedTheAddressBarHasTheLink() {
        post(3);
        newsroom.cycle();
        open("");
        page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");

        page.locator("[id='m-" + posted.get(1) + "'] .lc-copy").click();
        settle();

        assertThat(page.url()).endsWith("#m-" + posted.get(1));
        assertThat(focused()).isEqualTo("m-" + posted.get(1));
    }

    @Test
    void thePagesOwnTitleStaysWhole() {
        post(40);
        newsroom.cycle();
        open("");
        page.evaluate("document.title = '(2026) The Example'");
        scrollTo(20);

        post(2);
        poll();
        assertThat(page.title()).isEqualTo("(2) (2026) The Example");
        post(1);
        poll();
        assertThat(page.title()).isEqualTo("(3) (2026) The Example");

        page.evaluate("document.querySelector('live-chat').remove()");
        assertThat(page.title()).isEqualTo("(2026) The Example");
    }

    @Test
    void asksLessAndLessOftenForAChatThatIsNotThere() {
        open("");
        site.downloads();
        lookTimes(30);
        assertThat(site.downloads()).as("in the first minutes").hasSizeGreaterThan(15);
        lookTimes(30);
        site.downloads();
        lookTimes(10);
        assertThat(site.downloads()).as("in two minutes, later").hasSizeLessThan(3);
    }

    @Test
    void pollsSeldomWhileThePageIsHidden() {
        open("");
        page.evaluate("""
                Object.defineProperty(document, "hidden", { value: true });
                document.dispatchEvent(new Event("visibilitychange"));""");
        site.downloads();

        lookTimes(10);

        assertThat(site.downloads()).hasSizeBetween(1, 3);
    }

    @Test
    void aFragmentWithoutPicturesHasItsTimesAtTheEndOfTheLine() {
        newsroom.says("approval: none, formats: [html]");
        post(1);
        newsroom.cycle();
        page.route("**/live-chat.js", Route::abort);
        page.navigate(site.page(
                "chat.html",
                "<live-chat>%s</live-chat>".formatted(newsroom.storage().text(TestNewsroom.SLUG + "/fragment.html"))));

        assertThat(page.locator(".lc-avatar").count()).isZero();
        assertThat(page.locator(".lc-at").boundingBox().x)
                .isGreaterThan(page.locator(".lc-name").boundingBox().x + 100);
    }

    private void openARunOfALongMessage() {
        post(1);
        newsroom.clock.advance(Duration.ofSeconds(1));
        newsroom.slack.post(CHANNEL, REPORTER, "-".repeat(500));
        newsroom.cycle();
        open("order=\"oldest\"");
    }

    @Test
    void theTimeInARunKeepsAwayFromTheWords() {
        openARunOfALongMessage();

        assertThat(((Number) page.evaluate("""
                () => {
                  const run = document.querySelector(".lc-run");
                  const words = document.createRange();
                  words.selectNodeContents(run.parentElement.querySelector(".lc-words p"));
                  return run.getBoundingClientRect().left - words.getClientRects()[0].right;
                }""")).doubleValue()).isGreaterThan(10);
    }

    @Test
    void theTimeInARunTakesRoomFromTheFirstLineOnly() {
        openARunOfALongMessage();

        assertThat(((Number) page.evaluate("""
                () => {
                  const words = document.createRange();
                  words.selectNodeContents(document.querySelector(".lc-run").parentElement.querySelector(".lc-words p"));
                  const [first, second] = words.getClientRects();
                  return second.right - first.right;
                }""")).doubleValue()).isGreaterThan(50);
    }

    @Test
    void aKeyEventOfAnotherDayHasItsDateAndItsWordsThoughItIsNotLoaded() {
        newsroom.says(TestNewsroom.approval(""));
        post(1);
        newsroom.slack.react(CHANNEL, posted.get(0), EDITOR, "key");
        newsroom.clock.advance(Duration.ofDays(1));
        postApproved(130);
        page.clock().fastForward("24:00:00");

        open("");

        assertThat(words()).doesNotContain("message 0");
        assertThat(page.locator(".lc-keys a").innerText())
                .startsWith("Tuesday, November 3, 2026, ")
                .endsWith(" message 0");
    }

    // THE NEWSROOM

    private void post(int count) {
        for (int i = 0; i < count; i++) {
            newsroom.clock.advance(Duration.ofSeconds(1));
            posted.add(newsroom.slack.post(CHANNEL, REPORTER, "message " + posted.size()));
        }
    }

    private void postApproved(int count) {
        post(count);
        posted.forEach(this::approve);
        newsroom.cycle();
    }

    private void approve(String ts) {
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
    }

    // THE PAGE

    /** A look between two polls. */
    private void pollAtOnce() {
        newsroom.cycle();
        page.evaluate("document.querySelector('live-chat').look()");
    }

    /** So much time passes, in steps of twelve seconds. */
    private void lookTimes(int count) {
        for (int i = 0; i < count; i++) {
            page.clock().runFor(12_000);
            settle();
        }
    }

    private String article(int nth) {
        return page.locator("[id='m-" + posted.get(nth) + "']").innerText();
    }

    private void scrollTo(int nth) {
        page.evaluate("document.getElementById('m-" + posted.get(nth) + "').scrollIntoView({block: 'center'})");
    }

    private double top(int nth) {
        return ((Number) page.evaluate(
                        "document.getElementById('m-" + posted.get(nth) + "').getBoundingClientRect().top"))
                .doubleValue();
    }

    /** The element's content in another reader's browser who comes now. */
    private String freshLoad(String attributes) {
        Page other = newPage(new Browser.NewContextOptions().setViewportSize(800, 600));
        open(other, attributes);
        String html = other.locator("live-chat").innerHTML();
        other.context().close();
        return html;
    }
}
