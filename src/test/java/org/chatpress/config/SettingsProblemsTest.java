package org.chatpress.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.error.InvalidSettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsProblemsTest {
    @Test
    void reportsAllProblemsOfAFileAtOnce() {
        assertThat(problems(Examples.text("bad.yml"), Map.of()) + "\n").isEqualTo(Examples.text("bad.txt"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refuses(String name, String from, String to, String problem) {
        assertThat(Examples.SHORT).contains(from);

        assertThat(problems(Examples.SHORT.replace(from, to), Map.of("SLACK_BOT_TOKEN", "x")))
                .isEqualTo("channels.yml has 1 problem:\n  " + problem);
    }

    static Stream<Arguments> refuses() {
        return Stream.of(
                arguments(
                        "a broken expression",
                        "approval: none",
                        "approval: none\n    patterns: [{match: '(a', html: b}]",
                        "line 9   channels[0].patterns[0].match  \"(a\" is no regular expression that can be used:"
                                + " Unclosed group near character 3. Write a simpler one, and \\ before a character"
                                + " that is meant as it stands."),
                arguments(
                        "an expression that repeats nothing a million times",
                        "approval: none",
                        "approval: none\n    patterns: [{match: '((){1000}){1000}', html: b}]",
                        "line 9   channels[0].patterns[0].match  \"((){1000}){1000}\" is no regular expression that can"
                                + " be used: its counted repetitions, one in the other, multiply to more than 10000."
                                + " Write a simpler one, and \\ before a character that is meant as it stands."),
                arguments(
                        "a pattern without an expression",
                        "approval: none",
                        "approval: none\n    patterns: [{html: b}]",
                        "line 9   channels[0].patterns[0].match  is missing. Write a regular expression, such as"
                                + " ^SCORE (\\d+)-(\\d+)$."),
                arguments(
                        "a pattern that does nothing",
                        "approval: none",
                        "approval: none\n    patterns: [{match: a}]",
                        "line 9   channels[0].patterns[0]  does nothing with what it finds. Write html, args, kwargs or"
                                + " attachment."),
                arguments(
                        "a group that isn't there",
                        "approval: none",
                        "approval: none\n    patterns: [{match: '(a)', kwargs: {price: $5}}]",
                        "line 9   channels[0].patterns[0].kwargs.price  names $5, but match has 1 group."
                                + " Write $$ for a dollar."),
                arguments(
                        "an attachment's unknown member",
                        "approval: none",
                        "approval: none\n    patterns: [{match: a, attachment: {titel: x}}]",
                        "line 9   channels[0].patterns[0].attachment.titel  is an unknown key. Did you mean title?"),
                arguments(
                        "a file that is no YAML",
                        "slug: no",
                        "slug: [no",
                        "line 7   is no YAML: expected ',' or ']', but got :. Look at the indentation, colons and"
                                + " quotes here and on the line above."),
                arguments(
                        "an unquoted password that begins with a star, without printing it",
                        "\"${SLACK_BOT_TOKEN}\"",
                        "*hunter2",
                        "line 1   is no YAML: a value that begins with * or ! needs quotes. Put \" before and after it."),
                arguments(
                        "an unquoted password that begins like a tag, without printing it",
                        "\"${SLACK_BOT_TOKEN}\"",
                        "!hunter2!x \"\"",
                        "line 1   is no YAML: a value that begins with * or ! needs quotes. Put \" before and after it."),
                arguments(
                        "a bot token where the app's own is wanted, without printing it",
                        "\"${SLACK_BOT_TOKEN}\"",
                        "\"${SLACK_BOT_TOKEN}\", app-token: xoxb-hunter2",
                        "line 1   slack.app-token  is no app-level token. Make one in the Slack app; it starts with"
                                + " xapp-, not with xoxb-."),
                arguments(
                        "a control character",
                        "slug: no",
                        "slug: no\u0007",
                        "line 6   holds a control character. Delete it."),
                arguments(
                        "a list for a file",
                        Examples.SHORT,
                        "- slack",
                        "line 1   must begin with \"slack:\", \"publish:\" or another such section."),
                arguments(
                        "a word for a file",
                        Examples.SHORT,
                        "# channels\nslack",
                        "line 2   must begin with \"slack:\", \"publish:\" or another such section."),
                arguments(
                        "a merge of what another channel says",
                        "    slug: no\n",
                        "    <<: {slug: no}\n",
                        "line 6   channels[0].<<  YAML's << is not read. Put what channels share into defaults."),
                arguments(
                        "sections that lie too deep",
                        "approval: none",
                        "approval: none\n    extras: " + "[".repeat(60) + "]".repeat(60),
                        "is too deep: more than 50 sections and lists, one in the other. Write it out flat."),
                arguments(
                        "a file of a million characters",
                        "approval: none",
                        "approval: none\n    headline: " + "a".repeat(1_000_000),
                        "is too long. Write at most 1000000 characters."),
                arguments(
                        "a key that stands twice",
                        "approval: none",
                        "approval: none\n    slug: two",
                        "line 9   channels[0].slug  stands here twice, first on line 6. Keep one."),
                arguments(
                        "a list for a key",
                        "approval: none",
                        "approval: none\n    [a, b]: two",
                        "line 9   channels[0]  has a list or a section for a key. Write a word."),
                arguments(
                        "a list for a word",
                        "slug: no",
                        "slug: [no]",
                        "line 6   channels[0].slug  must be a single value, not a list."),
                arguments(
                        "a missing variable",
                        "SLACK_BOT_TOKEN",
                        "OTHER_TOKEN",
                        "line 1   slack.token  ${OTHER_TOKEN} is not set. Export it before starting Chatpress."),
                arguments(
                        "a mistyped variable",
                        "SLACK_BOT_TOKEN",
                        "SLACK-BOT-TOKEN",
                        "line 1   slack.token  has a ${ that begins no variable. Write ${NAME}, in letters, digits and"
                                + " underscores."),
                arguments(
                        "no approval",
                        "    approval: none\n",
                        "",
                        "line 5   channels[0].approval  is missing, here and in defaults. Write none to publish every message"
                                + " at once, or a section with approvers."),
                arguments(
                        "no approvers",
                        "approval: none",
                        "approval: {count: 1}",
                        "line 8   channels[0].approval.approvers  is missing, so nobody could approve. Write the ids of people"
                                + " (U...) or user groups (S...), or [anyone]."),
                arguments(
                        "an emoji that both approves and holds",
                        "approval: none",
                        "approval: {approvers: [U1], hold: [heavy_check_mark]}",
                        "line 8   channels[0].approval.hold  heavy_check_mark approves and holds at once. Write it in one list"
                                + " only."),
                arguments(
                        "an item that is left empty",
                        "approval: none",
                        "approval: none\n    withdraw:\n      -",
                        "line 10  channels[0].withdraw[0]  is missing. Write a value, or delete the line."),
                arguments(
                        "no list of storages, without printing a password",
                        "publish:\n  - directory: public\n",
                        "publish: ftp://chats:hunter2@web.example\n",
                        "line 2   publish  must be a list."),
                arguments(
                        "no storage",
                        "  - directory: public\n",
                        "",
                        "line 2   publish  is missing. Write at least one place for the files, such as [directory: public]."),
                arguments(
                        "two storages in one place",
                        "  - directory: public\n",
                        "  - directory: public\n  - directory: ./public/\n",
                        "line 4   publish[1]  is the same place as an entry above. Keep one of them."),
                arguments(
                        "an FTP server without user and password",
                        "directory: public",
                        "ftp: {host: web.example, password: x}",
                        "line 3   publish[0].ftp.user  is missing. Write the user's name on the server."),
                arguments(
                        "a password in a host, without printing it",
                        "directory: public",
                        "ftp: {host: \"ftp://chats:hunter2@web.example\", user: chats, password: x}",
                        "line 3   publish[0].ftp.host  this is no host. Write only the server's name, such as web.example."),
                arguments(
                        "a line break in a password",
                        "directory: public",
                        "ftp: {host: web.example, user: chats, password: \"x\\nDELE y\"}",
                        "line 3   publish[0].ftp.password  holds a line break or another control character. Write it on one"
                                + " line."),
                arguments(
                        "a database where readers fetch files",
                        "directory: public",
                        "directory: data",
                        "database  lies in a directory that readers are served from. Write a path outside of it."),
                arguments(
                        "a pause of nothing",
                        "publish:",
                        "every: 0s\npublish:",
                        "line 2   every  is no pause at all. Write at least 1s."),
                arguments(
                        "a pause of nothing without a unit",
                        "publish:",
                        "every: 0\npublish:",
                        "line 2   every  is no pause at all. Write at least 1s."),
                arguments(
                        "a cron expression of six strange fields",
                        "publish:",
                        "cron: every ten seconds from now on!\npublish:",
                        "line 2   cron  \"every ten seconds from now on!\" is no Quartz cron expression. Write 6 or 7 fields,"
                                + " such as 0/10 * * * * ? for every ten seconds."),
                arguments(
                        "photos that go nowhere",
                        "publish:",
                        "photos: {max-width: 100}\npublish:",
                        "line 2   photos  go nowhere. Write beside-the-chat: true, or drop and shown."),
                arguments(
                        "a drop that nobody shows",
                        "publish:",
                        "photos: {drop: {directory: drop}}\npublish:",
                        "line 2   photos  need drop and shown together: where photos go, and where the CMS shows them. Write"
                                + " both."));
    }

    @Test
    void refusesAliasesThatUnfoldToMillions() {
        String lists = IntStream.range(1, 25)
                .mapToObj(i -> "  - &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n")
                .collect(Collectors.joining());

        assertThat(problems(Examples.SHORT + "laughs:\n  - &a0 [lol]\n" + lists, Map.of("SLACK_BOT_TOKEN", "x")))
                .contains("repeats itself too often");
        assertThat(problems("slack: &a [*a]", Map.of())).contains("repeats itself too often");
    }

    @Test
    void neverPrintsWhatAVariableHolds() {
        String file = """
                slack: {token: "${SECRET}", api-url: "${SECRET}"}
                every: ${SECRET}
                publish: [{s3: {bucket: "${SECRET}"}}]
                channels:
                  - {id: "${SECRET}", slug: "${SECRET}", since: "${DAY}", approval: "${SECRET}", time-zone: "${SECRET}"}
                """;

        String problems = problems(file, Map.of("SECRET", "hunter2 !", "DAY", "2026-11-03"));

        assertThat(problems).contains("has 8 problems").contains("\"${SECRET}\" is a name, not an id");
        assertThat(problems).doesNotContain("hunter2").doesNotContain("2026-11-03T00:00");
    }

    private static String problems(String text, Map<String, String> environment) {
        return catchThrowableOfType(
                        InvalidSettingsException.class,
                        () -> SettingsLoader.parse(Path.of("channels.yml"), text, environment))
                .getMessage();
    }
}
