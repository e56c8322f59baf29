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
import org.chatpress.config.Settings.Channel;
import org.chatpress.config.Settings.Threads;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Secret;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.ftp.FtpSettings;
import org.chatpress.storage.ftp.FtpSettings.Tls;
import org.chatpress.storage.s3.S3Settings;
import org.chatpress.text.pattern.PatternRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
    private static final Map<String, String> TOKEN = Map.of("SLACK_BOT_TOKEN", "xoxb-1");

    @TempDir
    Path folder;

    @Test
    void readsWhatAFileSays() {
        Settings settings = Examples.read("rich.yml");

        assertThat(settings.slack().token()).isEqualTo(new Secret("xoxb-from-the-environment"));
        assertThat(settings.slack().apiUrl()).isEqualTo(URI.create("http://localhost:8080/api/"));
        assertThat(settings.interval().cron()).contains("0/10 * * * * ?");
        assertThat(settings.interval().every()).isEmpty();
        assertThat(settings.database()).isEqualTo(Path.of("var/store.db"));
        assertThat(settings.publicUrl()).contains(URI.create("https://static.example/chats/"));
        assertThat(settings.publisher()).hasValueSatisfying(publisher -> {
            assertThat(publisher.name()).isEqualTo("The Example");
            assertThat(publisher.logo()).contains(URI.create("https://static.example/logo.png"));
            assertThat(publisher.language()).isEqualTo("es-419");
        });
        assertThat(settings.publish())
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
    }

    @Test
    void readsWhatAChannelSays() {
        Channel channel = Examples.read("rich.yml").channels().get(0);

        assertThat(channel.id()).isEqualTo(new ChannelId("C0123456789"));
        assertThat(channel.slug()).isEqualTo(new Slug("election-2026"));
        assertThat(channel.since()).isEqualTo(Instant.parse("2026-11-04T02:00:00Z"));
        assertThat(channel.headline()).isEqualTo("Election night, live");
        assertThat(channel.description()).isEqualTo("<p>Our reporters follow the count.</p>");
        assertThat(channel.liveContent()).isEqualTo("<b>now</b>");
        assertThat(channel.timeZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(channel.approval())
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
        assertThat(channel.delay()).isEqualTo(Duration.ofSeconds(30));
        assertThat(channel.threads()).isEqualTo(Threads.PUBLISH);
        assertThat(channel.bots()).containsExactly(new UserId("B0WIRE"));
        assertThat(channel.privatePrefix()).isEqualTo("//");
        assertThat(channel.patterns())
                .containsExactly(
                        new PatternRule(
                                "^SCORE (\\d+)-(\\d+)$",
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
                        new PatternRule("(?i)breaking", Optional.empty(), List.of("breaking"), Map.of(), Map.of()));
        assertThat(channel.closed()).isTrue();
        assertThat(channel.hidden()).isTrue();
        assertThat(channel.page()).contains(URI.create("https://news.example/election-night"));
        assertThat(channel.jsonp()).isTrue();
        assertThat(channel.file()).isEqualTo("C0123456789.json");
    }

    @Test
    void aChannelThatSaysLittleGetsTheDefaults() {
        Channel channel = Examples.read("rich.yml").channels().get(1);

        assertThat(channel.headline()).isEmpty();
        assertThat(channel.description()).isEmpty();
        assertThat(channel.liveContent()).isEmpty();
        assertThat(channel.timeZone()).isEqualTo(ZoneId.of("America/Los_Angeles"));
        assertThat(channel.approval())
                .isEqualTo(new ApprovalRule(
                        true,
                        Set.of("white_check_mark", "heavy_check_mark"),
                        new Approvers(Set.of(), Set.of(), true),
                        1,
                        true,
                        OnEdit.HOLD,
                        Set.of("no_entry"),
                        Set.of("hourglass")));
        assertThat(channel.delay()).isEqualTo(Duration.ofMinutes(1));
        assertThat(channel.threads()).isEqualTo(Threads.IGNORE);
        assertThat(channel.bots()).isEmpty();
        assertThat(channel.privatePrefix()).isEqualTo("<#>");
        assertThat(channel.closed()).isFalse();
        assertThat(channel.hidden()).isFalse();
        assertThat(channel.withdraw()).isEmpty();
        assertThat(channel.page()).isEmpty();
        assertThat(channel.extras()).isEmpty();
        assertThat(channel.jsonp()).isFalse();
        assertThat(channel.file()).isEqualTo("second.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Z", "UTC+1", "+01:00"})
    void aTimeZoneThatBrowsersDoNotKnowIsAProblem(String zone) {
        String file = Examples.SHORT + "    time-zone: \"" + zone + "\"\n";

        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(() -> read(file))
                .withMessageContaining("is no time zone");
    }

    @Test
    void aFileThatSaysLittleGetsTheDefaults() throws IOException {
        Settings settings = read(Examples.SHORT);

        assertThat(settings.slack().apiUrl()).isEqualTo(URI.create("https://slack.com/api/"));
        assertThat(settings.interval().every()).contains(Duration.ofSeconds(1));
        assertThat(settings.interval().cron()).isEmpty();
        assertThat(settings.database()).isEqualTo(Path.of("data/chatpress.db"));
        assertThat(settings.publicUrl()).isEmpty();
        assertThat(settings.publisher()).isEmpty();
        assertThat(settings.channels().get(0).timeZone()).isEqualTo(ZoneId.of("UTC"));
        assertThat(settings.channels().get(0).approval()).isEqualTo(ApprovalRule.none());
        assertThat(settings.channels().get(0).file()).isEqualTo("no.json");
    }

    @Test
    void keepsEveryDigitOfATsWithoutQuotes() {
        Channel channel = Examples.read("rich.yml").channels().get(0);

        assertThat(channel.withdraw())
                .containsExactlyInAnyOrder(new MessageTs("1793758925.000100"), new MessageTs("1793758925.000200"));
    }

    @Test
    void aSlugThatYamlTakesForABooleanStaysAWord() throws IOException {
        assertThat(read(Examples.SHORT).channels().get(0).slug()).isEqualTo(new Slug("no"));
    }

    @Test
    void extrasBecomeTheJsonThatTheyLookLike() {
        assertThat(Examples.read("rich.yml").channels().get(0).extras().toString())
                .isEqualTo(
                        "{\"video\":\"https://video.example/1\",\"count\":7,\"share\":0.50,\"on\":true,\"code\":\"007\","
                                + "\"zip\":\"90210\",\"answer\":\"no\",\"nothing\":null,\"list\":[1,{\"a\":\"b\"}]}");
    }

    @Test
    void aVariableHasItsValueOrElseItsDefault() throws IOException {
        String file = Examples.SHORT.replace("directory: public", "directory: ${ROOT:-www}/$x$$");

        assertThat(read(file).publish()).containsExactly(new DirectorySettings(Path.of("www/$x$$")));
        assertThat(SettingsLoader.read(write(file), Map.of("SLACK_BOT_TOKEN", "x", "ROOT", "srv"))
                        .publish())
                .containsExactly(new DirectorySettings(Path.of("srv/$x$$")));
    }

    @Test
    void anchorsAndAliasesAreRead() throws IOException {
        String file = Examples.SHORT.replace("approval: none", "approval: &desk {approvers: [U1]}")
                + "  - {id: C02, slug: b, since: 2026-11-03T18:00:00Z, approval: *desk}\n";

        assertThat(read(file).channels()).extracting(Channel::approval).allMatch(ApprovalRule::required);
    }

    @Test
    void aFileMayBeginWithAByteOrderMarkAndEndItsLinesAsWindowsDoes() throws IOException {
        Settings settings = read("\uFEFF" + Examples.SHORT.replace("\n", "\r\n"));

        assertThat(settings.channels()).hasSize(1);
    }

    @Test
    void mayNameAFileForMetrics() throws IOException {
        assertThat(Examples.read("rich.yml").metricsFile()).contains(Path.of("var/metrics.prom"));
        assertThat(read(Examples.SHORT).metricsFile()).isEmpty();
    }

    @Test
    void theSampleFileWorksAsSoonAsATokenIsSet() {
        Settings settings = SettingsLoader.read(Path.of("channels.yml"), TOKEN);

        assertThat(settings.publish()).containsExactly(new DirectorySettings(Path.of("public")));
        assertThat(settings.channels()).extracting(Channel::id).containsExactly(new ChannelId("C0123456789"));
        assertThat(settings.channels().get(0).approval().required()).isTrue();
    }

    @Test
    void aFileThatCannotBeReadIsAProblem() throws IOException {
        Path latin1 = Files.write(folder.resolve("latin1.yml"), "headline: Año".getBytes(StandardCharsets.ISO_8859_1));

        refuses(folder.resolve("none.yml"), "there is no such file. Write it, or name another with --config.");
        refuses(folder, "cannot be read. See that it is a file, and that this user may read it.");
        refuses(latin1, "is not UTF-8. Save it as UTF-8.");
        refuses(write("\n"), "is empty. Write at least slack, publish and channels.");
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
