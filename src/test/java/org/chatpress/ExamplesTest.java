package org.chatpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.InstanceOfAssertFactories.PATH;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.SettingsLoader;
import org.chatpress.render.json.FileRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What people copy from examples/ works. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("examples");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("SLACK_BOT_TOKEN", "xoxb-made-up", "FTP_PASSWORD", "made up", "DB_PASSWORD", "made up");

    static List<Path> settings() throws IOException {
        return files(".*/channels\\.yml");
    }

    static List<Path> yaml() throws IOException {
        return files(".*\\.ya?ml");
    }

    static List<Path> json() throws IOException {
        return files(".*/(s3|slack)/.*\\.json");
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everyChannelsYmlIsValidAndAsksForNothingThatIsIgnored(Path file) {
        assertThatCode(() -> SettingsLoader.read(file, ENVIRONMENT)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void everyYamlFileIsWellFormed(Path file) throws IOException {
        assertThat(new Yaml().loadAll(Files.readString(file))).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("json")
    void everyJsonFileIsWellFormed(Path file) throws IOException {
        assertThat(new ObjectMapper().readTree(file.toFile())).isNotEmpty();
    }

    @Test
    void theS3PolicyAllowsToFindThatAFileIsMissing() throws IOException {
        JsonNode policy =
                new ObjectMapper().readTree(EXAMPLES.resolve("s3/policy.json").toFile());

        // A GET has no s3:prefix, and gets 403 instead of 404 where s3:ListBucket depends on one
        for (JsonNode statement : policy.path("Statement")) {
            if (statement.path("Action").toString().contains("s3:ListBucket")) {
                assertThat(statement.path("Condition").fieldNames())
                        .toIterable()
                        .allMatch(operator -> operator.endsWith("IfExists"));
            }
        }
        assertThat(policy.toString())
                .contains(
                        "s3:ListBucket",
                        "s3:PutObject",
                        "s3:GetObject",
                        "s3:DeleteObject",
                        "s3:AbortMultipartUpload",
                        "cloudfront:CreateInvalidation");
    }

    @Test
    void theSlackAppHasTheScopesThatCheckAsksFor() throws IOException {
        String check = Files.readString(Path.of("src/main/java/org/chatpress/cli/CheckCommand.java"));
        List<String> asked = all("\"([a-z]+:[a-z]+)\"", check);

        Map<String, Object> manifest = new Yaml().load(Files.readString(EXAMPLES.resolve("slack/manifest.yml")));

        assertThat(asked).contains("channels:history", "reactions:read", "usergroups:read");
        assertThat(manifest.toString()).contains(asked);
        assertThat((String) ((Map<?, ?>) manifest.get("display_information")).get("name"))
                .hasSizeLessThanOrEqualTo(35);
        assertThat((String) ((Map<?, ?>) manifest.get("display_information")).get("description"))
                .hasSizeLessThanOrEqualTo(140);
    }

    @Test
    void theSlackAppHasWhatEditorsUse() throws IOException {
        JsonNode manifest = readYaml(EXAMPLES.resolve("slack/manifest.yml"));

        assertThat(manifest.at("/features/app_home/home_tab_enabled").asBoolean())
                .isTrue();
        assertThat(manifest.at("/features/shortcuts").findValuesAsText("callback_id"))
                .containsExactly("why", "edit");
        assertThat(manifest.at("/features/shortcuts").findValuesAsText("name")).allMatch(name -> name.length() <= 24);
        assertThat(manifest.at("/features/shortcuts").findValuesAsText("type")).containsOnly("message");
        assertThat(manifest.at("/features/slash_commands/0/command").asText()).isEqualTo("/livechat");
        assertThat(manifest.at("/settings/interactivity/is_enabled").asBoolean())
                .isTrue();
        assertThat(manifest.at("/settings/event_subscriptions/bot_events").toString())
                .contains("app_home_opened");
        assertThat(manifest.at("/oauth_config/scopes/bot").toString()).contains("\"commands\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp/nginx.conf", "ftp/.htaccess"})
    void webServersSendTheHeadersThatAnS3BucketWould(String file) throws IOException {
        String text = Files.readString(EXAMPLES.resolve(file));
        String photos = "public, max-age=3600, s-maxage=300";

        assertThat(rule(text, "photos")).isEqualTo(photos);
        assertThat(rule(text, "media")).isEqualTo(photos).isEqualTo(FileRole.CLIP.cacheControl());
        assertThat(rule(text, "live")).isEqualTo(FileRole.POINTER.cacheControl());
        assertThat(rule(text, "channels")).isEqualTo(FileRole.CHANNELS.cacheControl());
        assertThat(rule(text, "[xpu]-"))
                .isEqualTo(FileRole.PAGE.cacheControl())
                .isEqualTo(FileRole.INDEX.cacheControl());
        assertThat(rule(text, "jsonp?"))
                .isEqualTo(FileRole.WHOLE.cacheControl())
                .isEqualTo(FileRole.JSONP.cacheControl());
        assertThat(rule(text, "feed")).isEqualTo(FileRole.JSON_FEED.cacheControl());
        assertThat(rule(text, "html"))
                .isEqualTo(FileRole.HTML.cacheControl())
                .isEqualTo(FileRole.SHARE_PAGE.cacheControl());
        for (FileRole role : FileRole.values()) {
            assertThat(text).contains(role.contentType().replaceFirst(";.*", ""));
        }
    }

    @Test
    void theImageIsStartedAndWatchedTheSameWay() throws IOException {
        List<List<String>> commands = new ArrayList<>();
        for (String array :
                all("(?s)(?:ENTRYPOINT|HEALTHCHECK[^\\[]*) ?(\\[.*?\\])", Files.readString(Path.of("Dockerfile")))) {
            var words = new ArrayList<String>();
            new ObjectMapper().readTree(array.replace("\\\n", "\n")).forEach(word -> words.add(word.asText()));
            commands.add(words);
        }

        assertThat(commands).hasSize(2);
        assertThat(commands.get(1)).endsWith("status", "--healthy");
        assertThat(commands.get(1).subList(0, commands.get(1).size() - 2))
                .filteredOn(word -> !word.equals("-Xmx64m"))
                .isEqualTo(commands.get(0).stream()
                        .filter(word -> !word.startsWith("-XX:MaxRAM"))
                        .toList());
    }

    @Test
    void aReleaseHasALabelledImageForBothArchitecturesAndAListOfItsLibraries() throws IOException {
        String dockerfile = Files.readString(Path.of("Dockerfile"));
        JsonNode jobs = readYaml(Path.of(".github/workflows/release.yml")).path("jobs");

        assertThat(all("org\\.opencontainers\\.image\\.(\\w+)=", dockerfile))
                .contains("title", "description", "source", "licenses", "version");
        assertThat(jobs.at("/image/needs").asText()).isEqualTo("jar");
        assertThat(jobs.path("image").toString()).contains("linux/amd64,linux/arm64", "VERSION=");
        for (String file : all("target/([a-z.-]+)", jobs.path("jar").toString())) {
            assertThat(List.of("chatpress.jar", "chatpress.args", outputName() + ".json"))
                    .contains(file);
        }
    }

    /** The name of the SBOM in the profile for releases. */
    private static String outputName() throws IOException {
        return all("<outputName>([^<]+)</outputName>", Files.readString(Path.of("pom.xml")))
                .get(0);
    }

    @Test
    void aContainerSeesChangedSettings() throws IOException {
        Path compose = EXAMPLES.resolve("compose");
        JsonNode service = readYaml(compose.resolve("docker-compose.yml")).at("/services/chatpress");
        var mounted = new ArrayList<Path>();
        for (JsonNode volume : service.path("volumes")) {
            String[] parts = volume.asText().split(":", -1);
            if (parts[0].startsWith(".")) {
                mounted.add(compose.resolve(parts[0]).normalize());
                assertThat(parts[1]).isEqualTo("/etc/chatpress");
            }
        }

        assertThat(mounted).hasSize(1).first().asInstanceOf(PATH).isDirectory();
        assertThat(mounted.get(0).resolve("channels.yml")).isRegularFile();
        assertThat(service.path("environment").properties().stream().map(Map.Entry::getKey))
                .contains("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
        assertThat(Files.readString(EXAMPLES.resolve("kubernetes/cronjob.yaml")))
                .doesNotContain("subPath:");
    }

    @Test
    void twoContainersShareTheDatabaseThatComposeStarts() throws IOException {
        Path compose = EXAMPLES.resolve("compose");
        JsonNode alone = readYaml(compose.resolve("docker-compose.yml")).at("/services/chatpress");
        JsonNode file = readYaml(compose.resolve("postgresql.yml"));
        JsonNode chatpress = file.at("/services/chatpress");
        JsonNode database = file.at("/services/database");
        Path settings =
                compose.resolve(chatpress.at("/volumes/0").asText().replace(":/etc/chatpress:ro", "/channels.yml"));

        Set<String> environment = new TreeSet<>(names(alone.path("environment")));
        environment.addAll(names(chatpress.path("environment")));
        var server =
                (PostgresqlServer) SettingsLoader.read(settings, ENVIRONMENT).database();

        assertThat(chatpress.at("/deploy/replicas").asInt()).isEqualTo(2);
        assertThat(chatpress.at("/depends_on/database/condition").asText()).isEqualTo("service_healthy");
        assertThat(environment)
                .containsAll(all("\\$\\{([A-Z_]+)", Files.readString(settings)))
                .contains("DB_PASSWORD");
        assertThat(server.host()).isIn(names(file.path("services")));
        assertThat(database.at("/environment/POSTGRES_DB").asText()).isEqualTo(server.name());
        assertThat(database.at("/environment/POSTGRES_USER").asText()).isEqualTo(server.user());
        assertThat(database.at("/environment/POSTGRES_PASSWORD").asText())
                .isEqualTo(chatpress.at("/environment/DB_PASSWORD").asText())
                .startsWith("${DB_PASSWORD:?");
        assertThat(database.at("/healthcheck/test").toString())
                .contains("pg_isready", "--username=" + server.user(), "--dbname=" + server.name());
        assertThat(names(file.path("volumes")))
                .contains(database.at("/volumes/0").asText().replaceFirst(":.*", ""));
    }

    private static JsonNode readYaml(Path file) throws IOException {
        return new ObjectMapper().valueToTree(new Yaml().load(Files.readString(file)));
    }

    private static List<String> names(JsonNode section) {
        return section.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** The Cache-Control of the first rule whose pattern holds a word. */
    private static String rule(String text, String word) {
        String rules =
                text.lines().filter(line -> !line.strip().startsWith("#")).reduce("", (a, b) -> a + "\n" + b);
        String after = rules.lines()
                .dropWhile(line -> !(line.matches("\\s*(location|<If).*") && line.contains(word)))
                .reduce("", (a, b) -> a + "\n" + b);
        return all("Cache-Control \"([^\"]*)\"", after).get(0);
    }

    private static List<String> all(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        var found = new ArrayList<String>();
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static List<Path> files(String pattern) throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            return files.filter(file -> file.toString().replace('\\', '/').matches(pattern))
                    .sorted()
                    .toList();
        }
    }
}
