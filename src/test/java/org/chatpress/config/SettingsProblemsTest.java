package org.chatpress.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.time.Instant;
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
                        "an invalid regular expression",
                        "approval: none",
                        "approval: none\n    patterns: [{match: '(a', html: b}]",
                        "line 9   channels[0].patterns[0].match  invalid regular expression \"(a\": missing closing );"
                                + " write \\ before a character meant literally, and see"
                                + " https://github.com/google/re2/wiki/Syntax"),
                arguments(
                        "a regular expression with lookahead",
                        "approval: none",
                        "approval: none\n    patterns: [{match: 'a(?!b)', html: b}]",
                        "line 9   channels[0].patterns[0].match  invalid regular expression \"a(?!b)\": lookahead (?! is"
                                + " not supported; match that text too, in a group, and write the group into html: $1"),
                arguments(
                        "a regular expression with a backreference",
                        "approval: none",
                        "approval: none\n    patterns: [{match: '(a)\\1', html: b}]",
                        "line 9   channels[0].patterns[0].match  invalid regular expression \"(a)\\1\": backreference \\1 is"
                                + " not supported; write out the text that it repeats"),
                arguments(
                        "a regular expression that repeats an empty group a million times",
                        "approval: none",
                        "approval: none\n    patterns: [{match: '((){1000}){1000}', html: b}]",
                        "line 9   channels[0].patterns[0].match  invalid regular expression"
                                + " \"((){1000}){1000}\": too large, with its repetitions written out; write smaller counts,"
                                + " or * or +"),
                arguments(
                        "a pattern without a regular expression",
                        "approval: none",
                        "approval: none\n    patterns: [{html: b}]",
                        "line 9   channels[0].patterns[0].match  missing: write a regular expression, such as"
                                + " ^SCORE (\\d+)-(\\d+)$"),
                arguments(
                        "a pattern without an effect",
                        "approval: none",
                        "approval: none\n    patterns: [{match: a}]",
                        "line 9   channels[0].patterns[0]  no effect: write html, args, kwargs or attachment"),
                arguments(
                        "a group that match does not have",
                        "approval: none",
                        "approval: none\n    patterns: [{match: '(a)', kwargs: {price: $5}}]",
                        "line 9   channels[0].patterns[0].kwargs.price  unknown group $5: match has 1 group;"
                                + " write $$ for a dollar sign"),
                arguments(
                        "a single value in place of a pattern's args",
                        "approval: none",
                        "approval: none\n    patterns: [{match: a, args: x}]",
                        "line 9   channels[0].patterns[0].args  expected a list: write [x]"),
                arguments(
                        "an unknown key of an attachment",
                        "approval: none",
                        "approval: none\n    patterns: [{match: a, attachment: {titel: x}}]",
                        "line 9   channels[0].patterns[0].attachment.titel  unknown key: did you mean title?"),
                arguments(
                        "a file that is not YAML",
                        "slug: no",
                        "slug: [no",
                        "line 7   invalid YAML: expected ',' or ']', but got :; check the indentation, colons"
                                + " and quotes here and on the line above"),
                arguments(
                        "an unquoted password that starts with a star, without printing it",
                        "\"${SLACK_BOT_TOKEN}\"",
                        "*hunter2",
                        "line 1   invalid YAML: put quotes around a value that starts with * or !"),
                arguments(
                        "an unquoted password that starts like a YAML tag, without printing it",
                        "\"${SLACK_BOT_TOKEN}\"",
                        "!hunter2!x \"\"",
                        "line 1   invalid YAML: put quotes around a value that starts with * or !"),
                arguments(
                        "a bot token in place of an app-level token, without printing it",
                        "\"${SLACK_BOT_TOKEN}\"",
                        "\"${SLACK_BOT_TOKEN}\", app-token: xoxb-hunter2",
                        "line 1   slack.app-token  not an app-level token: create one in the Slack app's"
                                + " settings; it starts with xapp-, not with xoxb-"),
                arguments("a control character", "slug: no", "slug: no\u0007", "line 6   control character: delete it"),
                arguments(
                        "a file that is a list",
                        Examples.SHORT,
                        "- slack",
                        "line 1   expected a section: start with a key such as \"slack:\" or \"publish:\""),
                arguments(
                        "a file that is a single word",
                        Examples.SHORT,
                        "# channels\nslack",
                        "line 2   expected a section: start with a key such as \"slack:\" or \"publish:\""),
                arguments(
                        "a YAML merge key",
                        "    slug: no\n",
                        "    <<: {slug: no}\n",
                        "line 6   channels[0].<<  YAML merge keys (<<) are not supported: write shared settings"
                                + " into defaults"),
                arguments(
                        "sections nested too deeply",
                        "approval: none",
                        "approval: none\n    extras: " + "[".repeat(60) + "]".repeat(60),
                        "nested too deeply: write at most 50 levels of sections and lists"),
                arguments(
                        "a file of more than a million characters",
                        "approval: none",
                        "approval: none\n    headline: " + "a".repeat(1_000_000),
                        "file too long: write at most 1000000 characters"),
                arguments(
                        "a duplicate key",
                        "approval: none",
                        "approval: none\n    slug: two",
                        "line 9   channels[0].slug  duplicate key (also on line 6): keep one of them"),
                arguments(
                        "a list as a key",
                        "approval: none",
                        "approval: none\n    [a, b]: two",
                        "line 9   channels[0]  a list or section as a key: write a word"),
                arguments(
                        "a list in place of a single value",
                        "slug: no",
                        "slug: [no]",
                        "line 6   channels[0].slug  expected a single value, found a list"),
                arguments(
                        "a variable that is not set",
                        "SLACK_BOT_TOKEN",
                        "OTHER_TOKEN",
                        "line 1   slack.token  ${OTHER_TOKEN} is not set: export it before you start Chatpress"),
                arguments(
                        "a mistyped variable",
                        "SLACK_BOT_TOKEN",
                        "SLACK-BOT-TOKEN",
                        "line 1   slack.token  invalid variable: write ${NAME}, with letters, digits and"
                                + " underscores in the name"),
                arguments(
                        "no approval",
                        "    approval: none\n",
                        "",
                        "line 5   channels[0].approval  missing here and in defaults: write none to publish"
                                + " every message at once, or a section with approvers"),
                arguments(
                        "no approvers",
                        "approval: none",
                        "approval: {count: 1}",
                        "line 8   channels[0].approval.approvers  missing: write the IDs of people (U...) or"
                                + " user groups (S...), or [anyone]"),
                arguments(
                        "an emoji that both approves and holds",
                        "approval: none",
                        "approval: {approvers: [U1], hold: [heavy_check_mark]}",
                        "line 8   channels[0].approval.hold  heavy_check_mark approves and holds: keep it in one list"),
                arguments(
                        "an empty item",
                        "approval: none",
                        "approval: none\n    withdraw:\n      -",
                        "line 10  channels[0].withdraw[0]  missing: write a value or delete the line"),
                arguments(
                        "a URL in place of a list of storages, without printing its password",
                        "publish:\n  - directory: public\n",
                        "publish: ftp://chats:hunter2@web.example\n",
                        "line 2   publish  expected a list"),
                arguments(
                        "no storage",
                        "  - directory: public\n",
                        "",
                        "line 2   publish  missing: write at least one storage, such as [directory: public]"),
                arguments(
                        "two storages in one place",
                        "  - directory: public\n",
                        "  - directory: public\n  - directory: ./public/\n",
                        "line 4   publish[1]  same place as an entry above: keep one of them"),
                arguments(
                        "an FTP server without user and password",
                        "directory: public",
                        "ftp: {host: web.example, password: x}",
                        "line 3   publish[0].ftp.user  missing: write the FTP user name"),
                arguments(
                        "a password in a host, without printing it",
                        "directory: public",
                        "ftp: {host: \"ftp://chats:hunter2@web.example\", user: chats, password: x}",
                        "line 3   publish[0].ftp.host  invalid host (not shown): write only the host name, such"
                                + " as web.example"),
                arguments(
                        "a line break in a password",
                        "directory: public",
                        "ftp: {host: web.example, user: chats, password: \"x\\nDELE y\"}",
                        "line 3   publish[0].ftp.password  contains a line break or another control character:"
                                + " write it on one line"),
                arguments(
                        "a database in memory",
                        "channels:",
                        "database: ':memory:'\nchannels:",
                        "line 4   database  invalid database \":memory:\": write the path of a file, such as"
                                + " data/chatpress.db"),
                arguments(
                        "a URI as the database",
                        "channels:",
                        "database: file:/srv/chatpress.db\nchannels:",
                        "line 4   database  invalid database \"file:/srv/chatpress.db\": write the path of a file, such as"
                                + " data/chatpress.db"),
                arguments(
                        "a database with a blank at the end of its name",
                        "channels:",
                        "database: 'chat.db '\nchannels:",
                        "line 4   database  invalid database \"chat.db \": write the path of a file, such as"
                                + " data/chatpress.db"),
                arguments(
                        "a database with parameters for SQLite",
                        "channels:",
                        "database: chat.db?mode=memory\nchannels:",
                        "line 4   database  invalid database \"chat.db?mode=memory\": write the path of a file, such as"
                                + " data/chatpress.db"),
                arguments(
                        "a metrics file that would replace the database",
                        "channels:",
                        "metrics-file: data/chatpress.db\nchannels:",
                        "line 4   metrics-file  invalid metrics file \"data/chatpress.db\": write a name that ends in .prom,"
                                + " such as chatpress.prom"),
                arguments(
                        "a database in a published directory",
                        "directory: public",
                        "directory: data",
                        "database  inside a published directory, so readers could download it: write a path outside"),
                arguments(
                        "an interval of zero",
                        "publish:",
                        "every: 0s\npublish:",
                        "line 2   every  invalid interval \"0s\": use at least 1s"),
                arguments(
                        "an interval of zero without a unit",
                        "publish:",
                        "every: 0\npublish:",
                        "line 2   every  invalid interval \"0\": use at least 1s"),
                arguments(
                        "a cron expression with invalid characters",
                        "publish:",
                        "cron: every ten seconds from now on!\npublish:",
                        "line 2   cron  invalid cron expression \"every ten seconds from now on!\": write 6 or 7"
                                + " fields, such as 0/10 * * * * ? for every ten seconds"),
                arguments(
                        "photos without a place",
                        "publish:",
                        "photos: {max-width: 100}\npublish:",
                        "line 2   photos  no place for photos: write beside-the-chat: true, or drop and shown"),
                arguments(
                        "an upload folder without a CMS that shows the photos",
                        "publish:",
                        "photos: {drop: {directory: drop}}\npublish:",
                        "line 2   photos  incomplete: write both drop (where photos are uploaded) and shown"
                                + " (where the CMS shows them)"));
    }

    @Test
    void refusesAliasesThatExpandToMillionsOfValues() {
        String lists = IntStream.range(1, 25)
                .mapToObj(i -> "  - &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n")
                .collect(Collectors.joining());

        assertThat(problems(Examples.SHORT + "laughs:\n  - &a0 [lol]\n" + lists, Map.of("SLACK_BOT_TOKEN", "x")))
                .contains("too many values from aliases");
        assertThat(problems("slack: &a [*a]", Map.of())).contains("too many values from aliases");
    }

    @Test
    void neverPrintsTheValueOfAVariable() {
        String file = """
                slack: {token: "${SECRET}", api-url: "${SECRET}"}
                every: ${SECRET}
                publish: [{s3: {bucket: "${SECRET}"}}]
                channels:
                  - {id: "${SECRET}", slug: "${SECRET}", since: "${DAY}", approval: "${SECRET}", time-zone: "${SECRET}"}
                """;

        String problems = problems(file, Map.of("SECRET", "hunter2 !", "DAY", "2026-11-03"));

        assertThat(problems).contains("has 8 problems").contains("invalid channel ID \"${SECRET}\"");
        assertThat(problems).doesNotContain("hunter2").doesNotContain("2026-11-03T00:00");
    }

    private static String problems(String text, Map<String, String> environment) {
        return catchThrowableOfType(
                        InvalidSettingsException.class,
                        () -> SettingsLoader.parse(
                                Path.of("channels.yml"), new SettingsLoader.Content(text, Instant.EPOCH), environment))
                .getMessage();
    }
}
