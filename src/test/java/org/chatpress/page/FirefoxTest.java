package org.chatpress.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.support.Axe;
import org.chatpress.support.FakeFile;
import org.chatpress.support.Firefox;
import org.chatpress.support.Pictures;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The element in Firefox. */
@Tag("browser")
class FirefoxTest {
    private static Firefox firefox;

    @TempDir
    static Path profile;

    @TempDir
    Path folder;

    private TestNewsroom newsroom;
    private Site site;

    @BeforeAll
    static void startFirefox() throws Exception {
        firefox = Firefox.start(profile);
    }

    @AfterAll
    static void closeFirefox() throws InterruptedException {
        if (firefox != null) {
            firefox.close();
        }
    }

    @BeforeEach
    void openNewsroom() {
        newsroom = new TestNewsroom(folder);
        site = Site.of(newsroom.storage());
    }

    @AfterEach
    void closeNewsroom() {
        site.close();
        newsroom.close();
        assertThat(firefox.errors()).isEmpty();
    }

    @Test
    void showsEachChangeAndAPhoto() throws Exception {
        newsroom.saysAtTheTop("photos: {beside-the-chat: true, max-width: 200}");
        newsroom.says(TestNewsroom.approval(""));
        String first = approved("the first");
        String second = approved("the second");
        newsroom.cycle();
        open("", 800);
        assertThat(words()).containsExactly("the second", "the first");

        newsroom.slack.edit(CHANNEL, first, EDITOR, "the first, edited");
        newsroom.slack.delete(CHANNEL, second);
        String photo = newsroom.slack.upload(
                CHANNEL,
                REPORTER,
                "the hall",
                FakeFile.jpeg("F0HALL", Pictures.photo(300, 200)).saying("The hall is full"));
        newsroom.slack.react(CHANNEL, photo, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.cycle();
        look();

        assertThat(words()).containsExactly("the hall", "the first, edited");
        String image = "document.querySelector('.lc-photo img')";
        firefox.evaluate(image + ".scrollIntoView()");
        firefox.evaluate(image + ".decode()");
        assertThat(firefox.evaluate(image + ".naturalWidth").asInt()).isEqualTo(200);
        assertThat(firefox.evaluate(image + ".alt").asText()).isEqualTo("The hall is full");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en_US", "x y", "-", "de_DE@euro", "ar"})
    void followsTheChatWithAnyLang(String lang) throws Exception {
        newsroom.says("approval: none");
        approved("the first");
        newsroom.cycle();
        open("lang=\"" + lang + "\"", 800);

        approved("the second");
        newsroom.cycle();
        look();

        assertThat(words()).containsExactly("the second", "the first");
        assertThat(firefox.evaluate("document.querySelector('live-chat').dataset.state")
                        .asText())
                .isEqualTo("live");
    }

    @Test
    void followsSrcToAnotherChatAndBack() throws Exception {
        newsroom.says("approval: none");
        approved("the first");
        newsroom.cycle();
        open("", 800);

        setSrc("council");
        assertThat(words()).isEmpty();
        setSrc(SLUG);

        assertThat(words()).containsExactly("the first");
    }

    @Test
    void noIdIsTwiceInAPageThatShowsAChatTwice() throws Exception {
        newsroom.says("approval: none");
        approved("the first");
        newsroom.cycle();
        String chat = "<live-chat src=\"%s\"></live-chat>".formatted(site.pointer("reader", SLUG));
        firefox.open(site.page("chat.html", chat + chat), 800, 600);
        settle();

        assertThat(words()).containsExactly("the first", "the first");
        assertThat(firefox.evaluate("""
                        [...document.querySelectorAll("[id]")].map(({ id }) => id)
                          .filter((id, i, ids) => ids.indexOf(id) !== i)""")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {320, 1280})
    void isReadableByEveryone(int width) throws Exception {
        newsroom.says("approval: none, description: <p>Our reporters follow the count.</p>");
        String first = approved("`a_long_name_in_code_without_any_break_that_is_wider_than_a_phone_is`");
        approved("&gt; the quoted\nand *bold* <https://news.example/a/long/address/without/a/break/in/it/1234567890>");
        newsroom.slack.reply(CHANNEL, first, EDITOR, "key: yes");
        newsroom.cycle();
        open("", width);

        assertThat(firefox.evaluate("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(width);
        firefox.run(Axe.script());
        assertThat(firefox.evaluate(Axe.VIOLATIONS)).isEmpty();
        Files.write(
                Files.createDirectories(Path.of("target/screenshots")).resolve("firefox-" + width + ".png"),
                firefox.screenshot());
    }

    private String approved(String text) {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        return ts;
    }

    private void open(String attributes, int width) throws Exception {
        String element = "<live-chat src=\"%s\" %s></live-chat>".formatted(site.pointer("reader", SLUG), attributes);
        firefox.open(site.page("chat.html", "<h1>The Example</h1>" + element), width, 600);
        settle();
    }

    private void look() throws Exception {
        firefox.evaluate("document.querySelector('live-chat').look()");
    }

    private void setSrc(String slug) throws Exception {
        firefox.evaluate(
                "document.querySelector('live-chat').setAttribute('src', '" + site.pointer("reader", slug) + "')");
        settle();
    }

    private static void settle() throws Exception {
        firefox.evaluate("Promise.all([...document.querySelectorAll('live-chat')].map((chat) => chat.settled))");
    }

    /** The messages' words from the top down. */
    private static List<String> words() throws Exception {
        var words = new ArrayList<String>();
        firefox.evaluate("""
                        [...document.querySelectorAll(".lc-feed > .lc-message > .lc-words")].map((words) => words.innerText)""").forEach(text -> words.add(text.asText()));
        return words;
    }
}
