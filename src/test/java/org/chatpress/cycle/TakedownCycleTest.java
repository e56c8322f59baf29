package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.Storage;
import org.chatpress.support.Overridden;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that was taken down is deleted from every file on every storage, and hidden text was never on any. */
class TakedownCycleTest extends WithNewsroom {
    private interface Way {
        void takeDown(TestNewsroom newsroom, String ts);
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                way("deleted", (newsroom, ts) -> newsroom.slack.delete(CHANNEL, ts)),
                way("withdrawn", (newsroom, ts) -> newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark")),
                way("rejected", (newsroom, ts) -> newsroom.slack.react(CHANNEL, ts, EDITOR, "no_entry")),
                way("held", (newsroom, ts) -> newsroom.slack.react(CHANNEL, ts, REPORTER, "hourglass")),
                way("made private", (newsroom, ts) -> newsroom.slack.edit(CHANNEL, ts, REPORTER, "&lt;#&gt; Smith")),
                way(
                        "withdrawn by the settings",
                        (newsroom, ts) -> newsroom.says(approval("") + ", jsonp: true, withdraw: [\"" + ts + "\"]")));
    }

    private static Arguments way(String what, Way way) {
        return arguments(what, way);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void theTextIsInNoFileIncludingOldPagesAndJsonp(String what, Way way) {
        newsroom.says(approval("") + ", jsonp: true");
        approved("turnout is high");
        String ts = approved("Smith wins");
        newsroom.cycle();
        for (int i = 0; i < 20; i++) {
            approved("update " + i);
            newsroom.cycle();
        }
        assertThat(pagesWith("Smith")).as("pages with it, including old ones").hasSizeGreaterThan(1);

        way.takeDown(newsroom, ts);
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.reader().texts()).hasSize(21);
        assertThat(newsroom.reader().whole().path("messages")).hasSize(21);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void aStorageThatWasDownLosesTheTextBeforeAnythingElse(String what, Way way) {
        newsroom.publishesTo("one", "two").says(approval("") + ", jsonp: true");
        approved("turnout is high");
        String ts = approved("Smith wins");
        newsroom.cycle();
        newsroom.storage("two").down(true);

        way.takeDown(newsroom, ts);
        newsroom.cycle();
        assertThat(newsroom.storage("one").everything()).doesNotContain("Smith");
        newsroom.restart();
        newsroom.storage("two").down(false);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();

        assertThat(newsroom.storage("two").everything()).doesNotContain("Smith");
        assertThat(newsroom.reader("two", SLUG).texts()).containsExactly("turnout is high");
        assertThat(newsroom.reader("two", SLUG).pointer())
                .isEqualTo(newsroom.reader("one", SLUG).pointer());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void aFullStorageLosesTheTextToo(String what, Way way) {
        newsroom.says(approval("") + ", jsonp: true");
        approved("turnout is high");
        String ts = approved("Smith wins");
        newsroom.cycle();
        newsroom.storage().full(true);

        way.takeDown(newsroom, ts);
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");

        newsroom.storage().full(false);
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("turnout is high");
        assertThat(newsroom.reader().whole().path("messages")).hasSize(1);
    }

    /** Another chat, of which nothing is taken down, is compared with what was published. */
    @Test
    void aStorageThatFailsToListItsFilesLosesTheTextAndGetsNewOne() {
        newsroom.usesStoragesThrough(real -> Overridden.of(Storage.class, real)
                .with("list", args -> {
                    throw RemoteException.transientFailure("no answer", (Throwable) null);
                })
                .get());
        newsroom.slack.channel("C0WEATHER");
        newsroom.lists(channel("C0WEATHER", "weather", "approval: none"), channel(CHANNEL, SLUG, approval("")));
        newsroom.slack.post("C0WEATHER", REPORTER, "It rains");
        String ts = approved("Smith wins");
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(1));

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("It rains").doesNotContain("Smith");

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.slack.post("C0WEATHER", REPORTER, "The sun shines");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("The sun shines");
    }

    @Test
    void theOldFolderOfARenamedChatIsDeletedOnAStorageThatWasDown() {
        newsroom.publishesTo("one", "two");
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();
        newsroom.storage("two").down(true);
        newsroom.lists(channel(CHANNEL, "the-count", "approval: none")).cycle();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        newsroom.storage("two").down(false);
        newsroom.storage("two").full(true);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();
        assertThat(newsroom.storage("two").everything()).doesNotContain("Smith");

        newsroom.storage("two").full(false);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();
        assertThat(newsroom.reader("two", "the-count").texts()).containsExactly("turnout is high");
        assertThat(newsroom.storage("two").keys()).noneMatch(key -> key.startsWith(SLUG));
    }

    /** They are read or approved after newer ones, and divide the first page. */
    @ParameterizedTest
    @ValueSource(ints = {30, 50, 300})
    void aMessageThatWasPublishedAfterManyNewerOnesIsInNoFile(int older) {
        newsroom.says(approval(""));
        List<String> late =
                IntStream.range(0, older).mapToObj(i -> post("older " + i)).toList();
        IntStream.range(0, 60).forEach(i -> approved("newer " + i));
        newsroom.cycle();
        late.forEach(ts -> newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark"));
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).hasSize(older + 60);

        newsroom.slack.delete(CHANNEL, late.get(5));
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("\"older 5\"");
        assertThat(newsroom.reader().texts())
                .hasSize(older + 59)
                .startsWith("older 0", "older 1")
                .endsWith("newer 58", "newer 59");
    }

    @Test
    void everyVersionOfAnEditedMessageIsDeleted() {
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Smith leads");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith leads", "turnout is high");

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void anEditAfterTheApprovalIsInNoFileUntilItIsApproved() {
        newsroom.says(approval(""));
        String ts = approved("Smith wins");
        newsroom.cycle();

        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Smith bribed the judges");
        newsroom.cycle();
        newsroom.restart().cycle();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("bribed");
        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith bribed the judges");
    }

    @Test
    void theProfileOfAnAuthorIsDeletedWithTheLastMessage() {
        post("turnout is high");
        String ts = newsroom.slack.post(CHANNEL, EDITOR, "Smith wins");
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).contains("Edda");

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Edda", EDITOR);
        assertThat(newsroom.reader().texts()).containsExactly("turnout is high");
    }

    @Test
    void theAuthorsFileThatThePointerNamesStaysWhenAnotherUploadFails() {
        post("turnout is high");
        String ts = newsroom.slack.post(CHANNEL, EDITOR, "Smith wins");
        newsroom.cycle();

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.slack.post(CHANNEL, EDITOR, "Jones wins");
        newsroom.storage().failPut(SLUG + ".json", RemoteException.rejected("cannot put: too large", null));
        newsroom.cycle();

        String authors = newsroom.reader().pointer().path("users").asText();
        assertThat(newsroom.storage().keys()).contains(SLUG + "/" + authors);
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aTakedownAfterACrashDuringPublishingFindsEveryFile(int operationsThatSucceed) {
        post("turnout is high");
        newsroom.cycle();
        String ts = post("Smith wins");
        IntStream.range(0, 10).forEach(i -> post("update " + i));
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.storage().failAfter(operationsThatSucceed, new Crash());
        assertThatThrownBy(newsroom::cycle).isInstanceOf(Crash.class);
        newsroom.restart();
        newsroom.slack.delete(CHANNEL, ts);

        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        assertThat(newsroom.reader().texts()).hasSize(11);
    }

    @Test
    void hiddenTextIsNeverUploaded() {
        newsroom.slack.channel("C0PRIVATE", "board", true);
        newsroom.slack.post("C0PRIVATE", REPORTER, "secret of another channel");
        newsroom.publishesTo("one", "two").says(approval("") + ", jsonp: true, delay: 20s");
        post("secret that waits");
        String rejected = approved("secret that was rejected");
        newsroom.slack.react(CHANNEL, rejected, EDITOR, "no_entry");
        approved("&lt;#&gt; secret of the newsroom");
        String old = newsroom.slack.postAt(CHANNEL, "1793000000.000100", REPORTER, "secret of last week");
        newsroom.slack.react(CHANNEL, old, EDITOR, "white_check_mark");
        newsroom.slack.postRaw(CHANNEL, """
                {"type": "message", "subtype": "channel_topic", "user": "U0REPORTER", "text": "secret topic", "ts": "$ts"}""");
        String bot = newsroom.slack.post(CHANNEL, "B0WIRE", "secret of a bot");
        newsroom.slack.react(CHANNEL, bot, EDITOR, "white_check_mark");
        String root = approved("Smith wins in <#C0PRIVATE|board>");
        String reply = newsroom.slack.reply(CHANNEL, root, REPORTER, "secret in a thread");
        newsroom.slack.react(CHANNEL, reply, EDITOR, "white_check_mark");
        String byAReporter = post("secret approved by a reporter");
        newsroom.slack.react(CHANNEL, byAReporter, REPORTER, "white_check_mark");
        String held = approved("secret that is held");
        newsroom.slack.react(CHANNEL, held, REPORTER, "hourglass");
        String fleeting = approved("secret deleted within the delay");

        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, fleeting);
        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
        }
        newsroom.storage("two").down(true);
        newsroom.slack.edit(CHANNEL, root, REPORTER, "secret edit");
        newsroom.cycle();
        newsroom.restart();
        newsroom.storage("two").down(false);
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();
        newsroom.losesItsDatabase().cycle();
        newsroom.cycle();

        for (String storage : List.of("one", "two")) {
            assertThat(newsroom.storage(storage).everythingEver())
                    .contains("Smith wins in")
                    .doesNotContain("secret")
                    .doesNotContain("board");
        }
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    private String approved(String text) {
        String ts = post(text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        return ts;
    }

    private List<String> pagesWith(String text) {
        return newsroom.storage().keys().stream()
                .filter(key -> key.contains("/i/p-"))
                .filter(key -> newsroom.storage().text(key).contains(text))
                .toList();
    }

    /** No code catches this. */
    private static final class Crash extends RuntimeException {}
}
