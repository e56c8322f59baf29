package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.chatpress.support.Fault;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever Slack responds, at any time: no published message is lost, no pending message is published, and the next cycles
 * catch up.
 */
@Tag("slow")
class SlackFailureTest {
    private static final String EDITORS_GROUP = "S0DESK";
    private static final String PENDING = "nobody approved this";

    @TempDir
    Path folder;

    TestNewsroom newsroom;

    /** The messages that should be public once Slack works again, in order. */
    final List<String> expected = new ArrayList<>();

    /** What the cycle has to do when the fault occurs. */
    enum Situation {
        FIRST_POLL(test -> test.postSome("first")),
        NO_CHANGES(test -> {
            test.postSome("first");
            test.newsroom.cycle();
        }),
        NEW_MESSAGES(test -> {
            test.postSome("first");
            test.newsroom.cycle();
            test.newsroom.slack.person("U0STRANGER", "Sam Stranger");
            test.approvedPost("U0STRANGER", "news of a stranger");
            test.postSome("second");
        }),
        GAP_OF_MANY_PAGES(test -> {
            test.postSome("first");
            test.newsroom.cycle();
            test.newsroom.slackServer.pagesOf(7);
            for (int i = 0; i < 30; i++) {
                test.approvedPost(REPORTER, "gap " + i);
            }
        }),
        DELETION(test -> {
            test.postSome("first");
            String deleted = test.approvedPost(REPORTER, "to be deleted");
            test.approvedPost(REPORTER, "to stay");
            test.newsroom.cycle();
            test.newsroom.slack.delete(CHANNEL, deleted);
            test.expected.remove("to be deleted");
        });

        private final Consumer<SlackFailureTest> setUp;

        Situation(Consumer<SlackFailureTest> setUp) {
            this.setUp = setUp;
        }
    }

    @BeforeEach
    void open() {
        newsroom = new TestNewsroom(folder);
        newsroom.slack.group(EDITORS_GROUP, SECOND_EDITOR);
        newsroom.slackServer.shortenReactorsTo(1);
        newsroom.says("approval: {approvers: [%s, %s]}".formatted(EDITOR, EDITORS_GROUP));
    }

    @AfterEach
    void close() {
        newsroom.close();
    }

    @ParameterizedTest(name = "{0}: {2} of {1}")
    @MethodSource("everyFaultInEverySituation")
    void afterAnyFailureOfSlackTheNextCyclesCatchUp(Situation situation, String method, Fault fault, int call) {
        situation.setUp.accept(this);
        List<String> before = published();
        for (int i = 1; i < call; i++) {
            newsroom.faults.next(method, Fault.slow(Duration.ZERO));
        }
        newsroom.faults.next(method, fault);

        for (int cycle = 0; cycle < 2; cycle++) {
            newsroom.cycle();

            assertThat(published())
                    .as("cycle %d", cycle)
                    .containsAll(before.stream().filter(expected::contains).toList());
            assertThat(newsroom.storage().everything()).doesNotContain(PENDING);
        }

        assertThat(published()).containsExactlyElementsOf(expected);
        assertThat(newsroom.storage().everything()).doesNotContain(PENDING);
        newsroom.reader()
                .whole()
                .path("messages")
                .forEach(message ->
                        assertThat(message.at("/user/display_name").asText()).isNotEmpty());
        assertThat(newsroom.cycle().summary()).isEmpty();
    }

    static Stream<Arguments> everyFaultInEverySituation() {
        List<Fault> faults = List.of(
                Fault.TOO_MANY,
                Fault.tooMany(25),
                Fault.SERVER_ERROR,
                Fault.status(404),
                Fault.HTML_PAGE,
                Fault.HALF_ANSWER,
                Fault.HALF_JSON,
                Fault.RESET,
                Fault.EMPTY_PAGE,
                Fault.EMPTY_PAGE_OF_MORE,
                Fault.EMPTY_BODY,
                Fault.notOk("fatal_error"),
                Fault.notOk("invalid_auth"),
                Fault.notOk("channel_not_found"),
                Fault.notOk("a_new_kind_of_error"),
                Fault.answer("""
                        {"ok": true, "has_more": false, "message": {"ts": "1"}, "users": 7, "user": {},
                         "messages": [null, 5, {"ts": "soon"}, {"text": "no ts"}]}"""),
                Fault.answer("""
                        {"ok": true, "has_more": true, "message": [], "user": null,
                         "messages": [{"ts": {}, "text": ["a list"]}, []]}"""));
        return Stream.of(Situation.values())
                .flatMap(situation -> calls(situation)
                        .flatMap(call -> faults.stream()
                                .map(fault -> Arguments.of(situation, call.method, fault, call.number))));
    }

    /** The n-th call of a method in a cycle. */
    private record Call(String method, int number) {}

    private static Stream<Call> calls(Situation situation) {
        var history = new Call("conversations.history", 1);
        return switch (situation) {
            case FIRST_POLL ->
                Stream.of(
                        history,
                        new Call("reactions.get", 1),
                        new Call("users.info", 1),
                        new Call("users.info", 2),
                        new Call("usergroups.users.list", 1));
            case NO_CHANGES -> Stream.of(history);
            case NEW_MESSAGES -> Stream.of(history, new Call("users.info", 1), new Call("reactions.get", 1));
            case GAP_OF_MANY_PAGES ->
                Stream.of(history, new Call("conversations.history", 2), new Call("conversations.history", 4));
            case DELETION -> Stream.of(history, new Call("conversations.replies", 1));
        };
    }

    private List<String> published() {
        return newsroom.storage().keys().contains(TestNewsroom.SLUG + "/live.json")
                ? newsroom.reader().texts()
                : List.of();
    }

    private void postSome(String what) {
        approvedPost(REPORTER, what + " by an editor");
        newsroom.slack.post(CHANNEL, REPORTER, PENDING);
        newsroom.slack.react(
                CHANNEL, newsroom.slack.post(CHANNEL, REPORTER, PENDING + " either"), REPORTER, "white_check_mark");
        String ts = newsroom.slack.post(CHANNEL, REPORTER, what + " by the desk");
        newsroom.slack.react(CHANNEL, ts, REPORTER, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "white_check_mark");
        expected.add(what + " by the desk");
    }

    private String approvedPost(String author, String text) {
        String ts = newsroom.slack.post(CHANNEL, author, text);
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        expected.add(text);
        return ts;
    }
}
