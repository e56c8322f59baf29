package org.chatpress.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ApprovalRule.Approvers;
import org.chatpress.approval.policy.ApprovalRule.OnEdit;
import org.chatpress.approval.policy.ChannelPolicy.AnnotationRules;
import org.chatpress.config.Channel.Avatars;
import org.chatpress.config.Channel.Closing;
import org.chatpress.config.Channel.ShownReactions;
import org.chatpress.config.Channel.Threads;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.config.Webhook.Event;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Secret;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.purge.PurgeSettings;
import org.chatpress.purge.PurgeSettings.Cloudflare;
import org.chatpress.purge.PurgeSettings.Fastly;
import org.chatpress.purge.PurgeSettings.Http;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.ftp.FtpSettings;
import org.chatpress.storage.ftp.FtpSettings.Tls;
import org.chatpress.storage.s3.S3Settings;
import org.chatpress.text.pattern.PatternRule;
import org.chatpress.text.pattern.Regex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
    private static final Map<String, String> TOKEN = Map.of("SLACK_BOT_TOKEN", "xoxb-1");

    @TempDir
    Path folder;

    @Test
    void aChannelMayHaveItsOwnLanguage() throws IOException {
        assertThat(read(Examples.SHORT + "    language: ar\n")
                        .channels()
                        .get(0)
                        .presentation()
                        .language())
                .contains("ar");
        assertThat(read(Examples.SHORT).channels().get(0).presentation().language())
                .isEmpty();
    }

    @Test
    void readsAPostgresqlServerWithTheSafestDefaults() throws IOException {
        String server = "database: {postgresql: {host: 'db1,db2', name: chats, user: writer, password: x}}\npublish:";

        assertThat(read(Examples.SHORT.replace("publish:", server)).database())
                .isEqualTo(new PostgresqlServer(
                        "db1,db2",
                        5432,
                        "chats",
                        "writer",
                        new Secret("x"),
                        "chatpress",
                        PostgresqlServer.Tls.VERIFY_FULL,
                        Optional.empty()));
    }

    @Test
    void namesTheDatabaseWithoutItsPassword() throws IOException {
        String server = "database: {postgresql: {host: db, name: chats, user: writer, password: opensesame}}\npublish:";

        assertThat(read(Examples.SHORT.replace("publish:", server)).database())
                .hasToString("postgresql://db:5432/chats (schema chatpress)");
    }

    @Test
    void readsTheSettingsOfAFile() {
        Settings settings = Examples.read("rich.yml");

        assertThat(settings.slack().token()).isEqualTo(new Secret("xoxb-from-the-environment"));
        assertThat(settings.slack().apiUrl()).isEqualTo(URI.create("http://localhost:8080/api/"));
        assertThat(settings.interval().cron()).contains("0/10 * * * * ?");
        assertThat(settings.interval().every()).isEmpty();
        assertThat(settings.database()).isEqualTo(new SqliteFile(Path.of("var/store.db")));
        assertThat(settings.publicUrl()).contains(URI.create("https://static.example/chats/"));
        assertThat(settings.publisher()).hasValueSatisfying(publisher -> {
            assertThat(publisher.name()).isEqualTo("The Example");
            assertThat(publisher.logo()).contains(URI.create("https://static.example/logo.png"));
            assertThat(publisher.language()).isEqualTo("es-419");
        });
        assertThat(settings.storages())
                .containsExactly(
                        new DirectorySettings(Path.of("public")),
                        new S3Settings(
                                "news-live",
                                "chats/live",
                                Optional.of("us-east-1"),
                                Optional.of(URI.create("http://minio.example:9000")),
                                true,
                                true),
                        new FtpSettings(
                                "web.example",
                                OptionalInt.of(2121),
                                "chats",
                                new Secret("p@ss$$ ${x}"),
                                "/htdocs/chats",
                                Tls.IMPLICIT));
        assertThat(settings.storages())
                .map(settings.purges()::get)
                .containsExactly(
                        new PurgeSettings(
                                new Http(
                                        "BAN",
                                        "http://varnish.example:6081/{path}",
                                        Map.of("X-Key", new Secret("p@ss$$ ${x}"))),
                                false),
                        new PurgeSettings(
                                new Cloudflare(
                                        "023e105f4ecef8ad9ca31a8372d0c353",
                                        new Secret("p@ss$$ ${x}"),
                                        List.of("https://news.example"),
                                        URI.create("https://cloudflare.example/client/v4/")),
                                true),
                        new PurgeSettings(
                                new Fastly(new Secret("p@ss$$ ${x}"), URI.create("http://127.0.0.1:8080/")), false));
        assertThat(settings.webhooks())
                .containsExactly(new Webhook(
                        URI.create("https://alerts.example/T0/hook"),
                        new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                        Set.of(Event.PUBLISHED, Event.TAKEN_DOWN)));
        assertThat(settings.hubs()).containsExactly(URI.create("https://hub.example/"));
        assertThat(settings.photos())
                .contains(new PhotoSettings(
                        960,
                        "https://static.example/loading.jpg",
                        Optional.of(new Cms(
                                new FtpSettings(
                                        "cms.example",
                                        OptionalInt.empty(),
                                        "photos",
                                        new Secret("p@ss$$ ${x}"),
                                        "/hotfolder",
                                        Tls.EXPLICIT),
                                "https://cms.example/lookup?source={id}&class=photo",
                                "wcmId",
                                "https://photos.example/0/0/0/{found}/3/{width}x0.jpg",
                                Duration.ofSeconds(90)))));
        assertThat(settings.feedback()).isTrue();
    }

    @Test
    void readsTheSettingsOfAChannel() {
        Channel channel = Examples.read("rich.yml").channels().get(0);

        assertThat(channel.id()).isEqualTo(new ChannelId("C0123456789"));
        assertThat(channel.slug()).isEqualTo(new Slug("election-2026"));
        assertThat(channel.source().since()).isEqualTo(Instant.parse("2026-11-04T02:00:00Z"));
        assertThat(channel.presentation().headline()).isEqualTo("Election night, live");
        assertThat(channel.presentation().description()).isEqualTo("<p>Our reporters follow the count.</p>");
        assertThat(channel.presentation().liveContent()).isEqualTo("<b>now</b>");
        assertThat(channel.presentation().timeZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(channel.approval().rule())
                .isEqualTo(new ApprovalRule(
                        true,
                        Set.of("+1", "party-parrot"),
                        new Approvers(
                                Set.of(new UserId("U0EDITOR1"), new UserId("W0EDITOR2")), Set.of("S0DESK"), false),
                        2,
                        false,
                        OnEdit.PUBLISH,
                        Set.of("x"),
                        Set.of()));
        assertThat(channel.approval().delay()).isEqualTo(Duration.ofSeconds(30));
        assertThat(channel.approval().annotations())
                .isEqualTo(new AnnotationRules(Map.of("key", "key"), Set.of("tags")));
        assertThat(channel.approval().liveReaction()).isEmpty();
        assertThat(channel.source().threads()).isEqualTo(Threads.PUBLISH);
        assertThat(channel.source().bots()).containsExactly(new UserId("B0WIRE"));
        assertThat(channel.source().privatePrefix()).isEqualTo("//");
        assertThat(channel.presentation().patterns())
                .containsExactly(
                        new PatternRule(
                                new Regex("^SCORE (\\d+)-(\\d+)$"),
                                Optional.of("<p><b>$1</b> to $2 for $$5</p>"),
                                List.of("score"),
                                Map.of("home", "$1", "away", "$2"),
                                Map.of(
                                        "title", "The score",
                                        "text", "$0",
                                        "url", "https://a.example/$1",
                                        "image", "",
                                        "author", "",
                                        "service", "Scores")),
                        new PatternRule(
                                new Regex("(?i)breaking"), Optional.empty(), List.of("breaking"), Map.of(), Map.of()));
        assertThat(channel.presentation().reactions()).isEqualTo(ShownReactions.NONE);
        assertThat(channel.presentation().avatars()).isEqualTo(Avatars.MIRROR);
        assertThat(channel.publishing().closing()).isEqualTo(new Closing(true, Optional.empty()));
        assertThat(channel.publishing().hidden()).isTrue();
        assertThat(channel.publishing().page()).contains(URI.create("https://news.example/election-night"));
        assertThat(channel.publishing().formats()).containsExactlyInAnyOrder(OutputFormat.values());
        assertThat(channel.publishing().jsonp()).isTrue();
        assertThat(channel.publishing().file()).isEqualTo("C0123456789.json");
    }

    @Test
    void aChannelGetsTheDefaultsForMissingKeys() {
        Channel channel = Examples.read("rich.yml").channels().get(1);

        assertThat(channel.presentation().headline()).isEmpty();
        assertThat(channel.presentation().description()).isEmpty();
        assertThat(channel.presentation().liveContent()).isEmpty();
        assertThat(channel.presentation().timeZone()).isEqualTo(ZoneId.of("America/Los_Angeles"));
        assertThat(channel.approval().rule())
                .isEqualTo(new ApprovalRule(
                        true,
                        Set.of("white_check_mark", "heavy_check_mark"),
                        new Approvers(Set.of(), Set.of(), true),
                        1,
                        true,
                        OnEdit.HOLD,
                        Set.of("no_entry"),
                        Set.of("hourglass")));
        assertThat(channel.approval().delay()).isEqualTo(Duration.ofMinutes(1));
        assertThat(channel.source().threads()).isEqualTo(Threads.IGNORE);
        assertThat(channel.source().bots()).isEmpty();
        assertThat(channel.source().privatePrefix()).isEqualTo("<#>");
        assertThat(channel.presentation().reactions()).isEqualTo(new ShownReactions(false, Set.of("tada")));
        assertThat(channel.presentation().avatars()).isEqualTo(Avatars.LINK);
        assertThat(channel.publishing().formats()).isEmpty();
        assertThat(channel.publishing().closing()).isEqualTo(Closing.OPEN);
        assertThat(channel.publishing().hidden()).isFalse();
        assertThat(channel.approval().withdrawn()).isEmpty();
        assertThat(channel.publishing().page()).isEmpty();
        assertThat(channel.presentation().extras()).isEmpty();
        assertThat(channel.publishing().jsonp()).isFalse();
        assertThat(channel.publishing().file()).isEqualTo("second.json");
    }

    @ParameterizedTest
    @CsvSource({
        "true, true,",
        "false, false,",
        "2026-11-04T02:00:00-08:00, true, 2026-11-04T10:00:00Z",
        "2026-11-04 02:00:00.5-08:00, true, 2026-11-04T10:00:01Z"
    })
    void closedIsAFlagOrTheTimeOfTheEndInWholeSeconds(String closed, boolean isClosed, Instant at) throws IOException {
        Channel channel =
                read(Examples.SHORT + "    closed: " + closed + "\n").channels().get(0);

        assertThat(channel.publishing().closing()).isEqualTo(new Closing(isClosed, Optional.ofNullable(at)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "maybe | use true, false, or the time when the chat ends, such as 2026-11-04T02:00:00-08:00",
                "2026-11-04T02:00 | write date, time and UTC offset, such as 2026-11-04T02:00:00",
                "2026-11-03T17:59:59-08:00 | before since, so no message would be public: write a later time"
            })
    void aClosingThatCannotBeIsAProblem(String closed, String advice) {
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(() -> read(Examples.SHORT + "    closed: " + closed + "\n"))
                .withMessageContaining("channels[0].closed")
                .withMessageContaining(advice);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Z", "UTC+1", "+01:00"})
    void aTimeZoneThatBrowsersDoNotKnowIsAProblem(String zone) {
        String file = Examples.SHORT + "    time-zone: \"" + zone + "\"\n";

        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(() -> read(file))
                .withMessageContaining("invalid time zone");
    }

    @Test
    void aFileGetsTheBuiltInDefaultsForMissingKeys() throws IOException {
        Settings settings = read(Examples.SHORT);

        assertThat(settings.slack().apiUrl()).isEqualTo(URI.create("https://slack.com/api/"));
        assertThat(settings.interval().every()).contains(Duration.ofSeconds(1));
        assertThat(settings.interval().cron()).isEmpty();
        assertThat(settings.database()).isEqualTo(new SqliteFile(Path.of("data/chatpress.db")));
        assertThat(settings.publicUrl()).isEmpty();
        assertThat(settings.publisher()).isEmpty();
        assertThat(settings.channels().get(0).presentation().timeZone()).isEqualTo(ZoneId.of("UTC"));
        assertThat(settings.channels().get(0).approval().rule()).isEqualTo(ApprovalRule.none());
        assertThat(settings.channels().get(0).publishing().file()).isEqualTo("no.json");
    }

    @Test
    void keepsEveryDigitOfATsWithoutQuotes() {
        Channel channel = Examples.read("rich.yml").channels().get(0);

        assertThat(channel.approval().withdrawn())
                .containsExactlyInAnyOrder(new MessageTs("1793758925.000100"), new MessageTs("1793758925.000200"));
    }

    @Test
    void marksMayNameAReactionForPublicMessages() throws IOException {
        Settings settings = read(Examples.SHORT + "marks: {live: \":newspaper:\"}\n");

        assertThat(settings.feedback()).isTrue();
        assertThat(settings.channels().get(0).approval().liveReaction()).contains("newspaper");
    }

    @Test
    void aSlugThatIsABooleanInYamlStaysAText() throws IOException {
        assertThat(read(Examples.SHORT).channels().get(0).slug()).isEqualTo(new Slug("no"));
    }

    @Test
    void extrasKeepNumbersBooleansAndStrings() {
        assertThat(Examples.read("rich.yml")
                        .channels()
                        .get(0)
                        .presentation()
                        .extras()
                        .toString())
                .isEqualTo(
                        "{\"video\":\"https://video.example/1\",\"count\":7,\"share\":0.50,\"on\":true,\"code\":\"007\","
                                + "\"zip\":\"90210\",\"answer\":\"no\",\"nothing\":null,\"list\":[1,{\"a\":\"b\"}]}");
    }

    @Test
    void aVariableHasItsValueOrItsDefault() throws IOException {
        String file = Examples.SHORT.replace("directory: public", "directory: ${ROOT:-www}/$x$$");

        assertThat(read(file).storages()).containsExactly(new DirectorySettings(Path.of("www/$x$$")));
        assertThat(SettingsLoader.read(write(file), Map.of("SLACK_BOT_TOKEN", "x", "ROOT", "srv"))
                        .storages())
                .containsExactly(new DirectorySettings(Path.of("srv/$x$$")));
    }

    @Test
    void anchorsAndAliasesAreRead() throws IOException {
        String file = Examples.SHORT.replace("approval: none", "approval: &desk {approvers: [U1]}")
                + "  - {id: C02, slug: b, since: 2026-11-03T18:00:00Z, approval: *desk}\n";

        assertThat(read(file).channels())
                .allMatch(channel -> channel.approval().rule().required());
    }

    @Test
    void aFileMayHaveAByteOrderMarkAndWindowsLineEndings() throws IOException {
        Settings settings = read("\uFEFF" + Examples.SHORT.replace("\n", "\r\n"));

        assertThat(settings.channels()).hasSize(1);
    }

    @Test
    void readsTheMetricsFile() throws IOException {
        assertThat(Examples.read("rich.yml").metricsFile()).contains(Path.of("var/metrics.prom"));
        assertThat(read(Examples.SHORT).metricsFile()).isEmpty();
    }

    @Test
    void theSampleFileIsValidOnceATokenIsSet() {
        Settings settings = SettingsLoader.read(Path.of("channels.yml"), TOKEN);

        assertThat(settings.storages()).containsExactly(new DirectorySettings(Path.of("public")));
        assertThat(settings.channels()).extracting(Channel::id).containsExactly(new ChannelId("C0123456789"));
        assertThat(settings.channels().get(0).approval().rule().required()).isTrue();
    }

    @Test
    void aFileThatCannotBeReadIsAProblem() throws IOException {
        Path latin1 = Files.write(folder.resolve("latin1.yml"), "headline: Año".getBytes(StandardCharsets.ISO_8859_1));

        refuses(
                folder.resolve("none.yml"),
                "file not found: write it with chatpress init, or name another one with --config");
        refuses(folder, "cannot be read: check that it is a file and that the user of this process may read it");
        refuses(latin1, "not UTF-8: save it as UTF-8");
        refuses(write("\n"), "empty file: write at least slack, publish and channels");
    }

    private void refuses(Path file, String problem) {
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(() -> SettingsLoader.read(file, TOKEN))
                .withMessage(file + " has 1 problem:\n  " + problem);
    }

    private Settings read(String text) throws IOException {
        return SettingsLoader.read(write(text), TOKEN);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("channels.yml"), text);
    }
}
