package org.chatpress.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The element in pages that give it wrong attributes, change them, or have it twice. */
class HostPageTest extends WithBrowser {
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void postOneMessage() {
        warnings.clear();
        page.onConsoleMessage(message -> {
            if (message.type().equals("warning")) {
                warnings.add(message.text());
            }
        });
        newsroom.says("approval: none");
        newsroom.slack.post(CHANNEL, REPORTER, "the first");
        newsroom.cycle();
    }

    @ParameterizedTest
    @ValueSource(strings = {"en_US", "x y", "-", "de_DE@euro", "1", "english"})
    void followsTheChatWithAnyLang(String lang) {
        open("lang=\"" + lang + "\"");
        newsroom.slack.post(CHANNEL, REPORTER, "the second");
        poll();

        assertThat(words()).containsExactly("the second", "the first");
        assertThat(page.locator("live-chat").getAttribute("data-state")).isEqualTo("live");
        assertThat(pageErrors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"en_GB", "x y", "-"})
    void followsTheChatBelowAnyLang(String lang) {
        String element = "<live-chat src=\"%s\"></live-chat>".formatted(site.pointer("reader", SLUG));
        page.navigate(site.page("chat.html", "<div lang=\"" + lang + "\">" + element + "</div>"));
        settle();
        newsroom.slack.post(CHANNEL, REPORTER, "the second");
        poll();

        assertThat(words()).containsExactly("the second", "the first");
        assertThat(pageErrors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sandbox=\"allow-scripts allow-same-origin\""})
    void followsTheChatInAFrame(String attributes) {
        String element = "<live-chat src=\"%s\"></live-chat>".formatted(site.pointer("reader", SLUG));
        String url = site.page("chat.html", element);
        String host = url.replace("chat.html", "host.html");
        page.route(
                host,
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("text/html")
                        .setBody("<iframe " + attributes + " src=\"" + url + "\"></iframe>")));
        page.navigate(host);
        page.frameLocator("iframe").locator(".lc-message").waitFor();
        newsroom.slack.post(CHANNEL, REPORTER, "the second");
        newsroom.cycle();
        page.clock().runFor(12_500);

        PlaywrightAssertions.assertThat(page.frameLocator("iframe").locator(".lc-message .lc-words"))
                .hasText(new String[] {"the second", "the first"});
        page.frameLocator("iframe").locator(".lc-copy").first().click();
        PlaywrightAssertions.assertThat(page.frameLocator("iframe").locator(".lc-message"))
                .hasCount(2);
        assertThat(pageErrors).isEmpty();
    }

    @Test
    void saysOnceOnTheConsoleWhichLangIsWrong() {
        open("lang=\"x y\"");
        look();

        assertThat(warnings).containsExactly("<live-chat>: lang=\"x y\" cannot be used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "-1", "0", "NaN"})
    void pollsAsThePublisherSaysIfPollIsWrong(String poll) {
        open("poll=\"" + poll + "\"");
        newsroom.slack.post(CHANNEL, REPORTER, "the second");
        poll();

        assertThat(words()).containsExactly("the second", "the first");
        assertThat(warnings).containsExactly("<live-chat>: poll=\"" + poll + "\" cannot be used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{live: 1}", "null", "{\"live\": null, \"updated\": 3}", "[", "{\"news\": {\"one\": 1}}"})
    void showsItsOwnWordsIfTheSitesAreWrong(String words) {
        open("words='" + words + "'");

        assertThat(words()).containsExactly("the first");
        assertThat(page.locator(".lc-state").textContent()).startsWith("Live Updated");
        assertThat(warnings).allMatch(text -> text.contains("words="));
        assertThat(warnings).hasSize(1);
        assertThat(pageErrors).isEmpty();
    }

    @Test
    void leavesAPlaceholderThatItDoesNotKnow() {
        open("words='{\"updated\": \"{hour} {time}\"}'");

        assertThat(page.locator(".lc-state").textContent()).startsWith("Live {hour} ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "x y", "0", ""})
    void hasAHeadlineOfTheSecondLevelIfTheLevelIsWrong(String level) {
        newsroom.says("approval: none, headline: Election night");
        newsroom.cycle();
        open("level=\"" + level + "\"");

        assertThat(page.locator("h2.lc-headline").innerText()).isEqualTo("Election night");
        assertThat(warnings).containsExactly("<live-chat>: level=\"" + level + "\" cannot be used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "src=\"\"", "src=\"https://\""})
    void saysThatTheChatIsNotAvailableWithoutAnAddress(String src) {
        page.navigate(site.page("chat.html", "<live-chat " + src + "></live-chat>"));
        settle();

        assertThat(page.locator(".lc-state").innerText()).isEqualToIgnoringCase("This chat is not available");
        assertThat(warnings).hasSize(1).allMatch(text -> text.startsWith("<live-chat>: src="));
        assertThat(pageErrors).isEmpty();
    }

    @Test
    void showsTheOtherChatOnceSrcChanges() {
        copyChatTo("council");
        newsroom.slack.post(CHANNEL, REPORTER, "the second");
        newsroom.cycle();
        open("");
        assertThat(words()).containsExactly("the second", "the first");

        page.evaluate(
                "document.querySelector('live-chat').setAttribute('src', '" + site.pointer("reader", "council") + "')");
        settle();
        assertThat(words()).containsExactly("the first");
        requests.clear();
        look();

        assertThat(words()).containsExactly("the first");
        assertThat(requests).isNotEmpty().allMatch(url -> url.contains("/council/"));
        assertThat(pageErrors).isEmpty();
    }

    private enum Framework {
        REACT(
                List.of("react/18.3.1/umd/react.production.min.js", "react-dom/18.3.1/umd/react-dom.production.min.js"),
                """
                (main) => {
                  const root = ReactDOM.createRoot(main);
                  globalThis.show = (src) =>
                    ReactDOM.flushSync(() => root.render(src && React.createElement("live-chat", { src })));
                }"""),
        VUE(List.of("vue/3.5.13/dist/vue.runtime.global.prod.js"), """
                (main) => {
                  const src = Vue.ref("");
                  Vue.createApp({ render: () => src.value && Vue.h("live-chat", { src: src.value }) }).mount(main);
                  globalThis.show = (next) => {
                    src.value = next;
                    return Vue.nextTick();
                  };
                }""");

        final List<String> scripts;
        final String mount;

        Framework(List<String> scripts, String mount) {
            this.scripts = scripts;
            this.mount = mount;
        }
    }

    @ParameterizedTest
    @EnumSource
    void showsTheChatsThatAFrameworkRendersOneAfterTheOther(Framework framework) throws IOException {
        copyChatTo("council");
        newsroom.slack.post(CHANNEL, REPORTER, "the second");
        newsroom.cycle();
        page.navigate(site.page("chat.html", ""));
        for (String script : framework.scripts) {
            try (InputStream in = HostPageTest.class.getResourceAsStream("/META-INF/resources/webjars/" + script)) {
                page.evaluate("(source) => (0, eval)(source)", new String(in.readAllBytes(), UTF_8));
            }
        }
        page.locator("main").evaluate(framework.mount);

        show(site.pointer("reader", SLUG));
        settle();
        assertThat(words()).containsExactly("the second", "the first");
        page.evaluate("globalThis.before = document.querySelector('live-chat')");
        show(site.pointer("reader", "council"));
        settle();
        look();
        assertThat(words()).containsExactly("the first");
        assertThat(page.evaluate("before === document.querySelector('live-chat')"))
                .as("the framework only changed src")
                .isEqualTo(true);

        show("");
        requests.clear();
        page.clock().runFor(30_000);
        assertThat(requests).as("after the framework removed it").isEmpty();
        assertThat(pageErrors).isEmpty();
    }

    private void show(String src) {
        page.evaluate("(src) => globalThis.show(src)", src);
    }

    @Test
    void showsTheLastOfManyChatsThoughTheFirstAnswersLater() {
        copyChatTo("council");
        newsroom.slack.post(CHANNEL, REPORTER, "the second");
        newsroom.cycle();
        page.navigate(site.page("chat.html", ""));
        page.evaluate("""
                ([first, last]) => {
                  const chat = document.createElement("live-chat");
                  chat.setAttribute("src", first);
                  document.querySelector("main").append(chat);
                  chat.setAttribute("src", last);
                }""", List.of(site.pointer("reader", SLUG), site.pointer("reader", "council")));
        settle();
        look();

        assertThat(words()).containsExactly("the first");
        assertThat(pageErrors).isEmpty();
    }

    @Test
    void followsAChatWhoseAddressComesLater() {
        page.navigate(site.page("chat.html", "<live-chat></live-chat>"));
        page.evaluate(
                "document.querySelector('live-chat').setAttribute('src', '" + site.pointer("reader", SLUG) + "')");
        settle();

        assertThat(words()).containsExactly("the first");
    }

    @Test
    void noIdIsTwiceInAPageThatShowsAChatTwice() {
        String chat = "<live-chat src=\"%s\"></live-chat>".formatted(site.pointer("reader", SLUG));
        page.navigate(site.page("chat.html", chat + chat));
        page.evaluate("Promise.all([...document.querySelectorAll('live-chat')].map((chat) => chat.settled))");

        assertThat(words()).containsExactly("the first", "the first");
        assertThat(page.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)"
                        + ".filter((id, i, ids) => ids.indexOf(id) !== i)"))
                .isEqualTo(List.of());
        assertThat(
                        page.evaluate(
                                "[...document.querySelectorAll('.lc-message')].every((message) =>"
                                        + " message.getAttribute('aria-labelledby').split(' ').every((id) => message.querySelector('#' + CSS.escape(id))))"))
                .isEqualTo(true);
    }

    @ParameterizedTest
    @CsvSource({
        "es, En directo, Actualizado:",
        "fr-CA, En direct, Mis à jour",
        "de_AT, Live, Stand:",
        "ar, مباشر, آخر تحديث",
        "pt-BR, Ao vivo, Atualizado:",
        "nl, Live, Updated"
    })
    void speaksTheLanguageOfThePage(String lang, String live, String updated) {
        open("lang=\"" + lang + "\"");

        assertThat(page.locator(".lc-state").textContent()).startsWith(live + " " + updated);
        assertThat(pageErrors).isEmpty();
    }

    @Test
    void aChatHasTheLanguageOfItsSettingsInAPageOfAnother() {
        newsroom.says("approval: none, language: ar, formats: [html]");
        newsroom.cycle();
        open("");

        assertThat(page.locator(".lc-state").textContent()).startsWith("مباشر آخر تحديث");
        assertThat(page.locator(".lc-body").getAttribute("lang")).isEqualTo("ar");
        assertThat(page.locator(".lc-body").getAttribute("dir")).isEqualTo("rtl");
        assertThat(new String(
                        newsroom.storage()
                                .blob(SLUG + "/index.html")
                                .orElseThrow()
                                .bytes(),
                        UTF_8))
                .contains("<html lang=\"ar\" dir=\"rtl\">", "مباشر");
    }

    @Test
    void asksForNoWordsInAnEnglishPage() {
        open("");

        assertThat(requests).noneMatch(url -> url.contains("words"));
    }

    @Test
    void speaksEnglishWhereTheOtherWordsAreMissing() {
        page.route("**/live-chat-words.js", route -> route.abort());
        open("lang=\"es\"");

        assertThat(words()).containsExactly("the first");
        assertThat(page.locator(".lc-state").textContent()).startsWith("Live Updated");
    }

    @Test
    void allLanguagesHaveAllWords() {
        open("");

        assertThat(page.evaluate("""
                async () => {
                  const { default: words } = await import("/live-chat-words.js");
                  const names = Object.values(words).map((language) => Object.keys(language).join());
                  return [Object.keys(words).join(), new Set(names).size, names[0].split(",").length];
                }""")).isEqualTo(List.of("ar,de,es,fr,pt", 1, 25));
    }

    /** The chat as it is now, under another slug. */
    private void copyChatTo(String slug) {
        for (String key : newsroom.storage().keys()) {
            if (key.startsWith(SLUG + "/")) {
                StoredObject object = newsroom.storage().blob(key).orElseThrow();
                newsroom.storage()
                        .put(new StoredObject(
                                new ObjectKey(slug + key.substring(SLUG.length())),
                                object.bytes(),
                                object.contentType(),
                                object.cacheControl()));
            }
        }
    }
}
