package org.chatpress.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.RemoteException;
import org.chatpress.model.AtomicFiles;
import org.chatpress.model.Secret;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.slack.SlackReader.BotIdentity;
import org.chatpress.slack.SlackReader.ChannelInfo;
import org.chatpress.slack.WebApiSlackClient;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a settings file from four answers, each of which is tried against Slack or the storage. */
@Command(
        name = "init",
        description = {
            "Asks four questions, tries each answer, and writes channels.yml: chatpress init",
            "Which channel, since when, who approves, and where to publish? An option answers in advance.",
            "Stores no secret, and changes no existing file but the sample channels.yml."
        })
final class InitCommand extends Verb {
    private static final Pattern S3 = Pattern.compile("s3://([^/]+)/?(.*)");
    private static final Pattern FTP = Pattern.compile("(ftps?)://([^@/:]+)@([^/:]+)(?::(\\d+))?(/.*)?");
    private static final Pattern GROUP = Pattern.compile("S[A-Z0-9]{2,29}");
    private static final URI SLACK_API = URI.create("https://slack.com/api/");

    /** The sample {@code channels.yml} of the source tree. */
    private static final String SAMPLE = "/org/chatpress/channels.yml";

    @Option(
            names = "--token-env",
            paramLabel = "NAME",
            defaultValue = "SLACK_BOT_TOKEN",
            description = "the environment variable with the bot token (default: SLACK_BOT_TOKEN)")
    private String tokenVariable;

    @Option(
            names = "--channel",
            paramLabel = "CHANNEL",
            split = ",",
            description = "name or id of a channel that the bot is in; several with commas")
    private List<String> channels;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "publish nothing before this time: now, or 2026-11-03T18:00:00-08:00")
    private String since;

    @Option(
            names = "--approvers",
            paramLabel = "IDS",
            description = "ids of users (U...) and user groups (S...) with commas, or anyone, or none: every message is"
                    + " public at once")
    private String approvers;

    @Option(
            names = "--publish",
            paramLabel = "TARGET",
            description = "a folder, s3://bucket/prefix, or ftps://user@host/folder; ftp:// is not encrypted")
    private String target;

    @Option(names = "--api-url", paramLabel = "URL", hidden = true, description = "the address of Slack's API")
    private URI apiUrl;

    private final Map<String, String> environment;
    private final BufferedReader answers;

    InitCommand() {
        this(Application.environment(), new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())));
    }

    InitCommand(Map<String, String> environment, BufferedReader answers) {
        this.environment = Map.copyOf(environment);
        this.answers = answers;
    }

    /** What the file says of the approvers, with their names. */
    private record Approvers(String yaml, String comment) {}

    @Override
    public Integer call() {
        Path file = chatpress().config();
        boolean isSample = isSample(file);
        if (Files.exists(file) && !isSample) {
            throw exists(file);
        }
        try (WebApiSlackClient slack =
                Application.slack(token(), apiUrl == null ? SLACK_API : apiUrl, Application.blockingLimiter())) {
            Set<ChannelInfo> chosen = channels(slack);
            String time = answer(
                    since,
                    "--since",
                    "Publish messages since when? now, or a time such as 2026-11-03T18:00:00-08:00",
                    InitCommand::time);
            Approvers editors = answer(approvers, "--approvers", """
                    Who approves messages?
                      ids of users and user groups, with commas (in Slack: profile, three dots, Copy member ID)
                      anyone: everybody in the channel
                      none: every message is public at once""", text -> approvers(text, slack));
            String storage = answer(
                    target,
                    "--publish",
                    "Where to publish? a folder, s3://bucket/prefix, or ftps://user@host/folder",
                    text -> storage(text, file));
            write(file, yaml(chosen, time, editors, storage));
        }
        err().println();
        out().println("wrote " + file + (isSample ? " in place of the unchanged sample" : ""));
        out().println("Next: " + chatpress().example("check") + ", then "
                + chatpress().example("run"));
        return ChatpressCommand.OK;
    }

    private Secret token() {
        String token = environment.getOrDefault(tokenVariable, "");
        if (token.isBlank()) {
            throw usageError(tokenVariable
                    + " is not set. Create the Slack app from examples/slack/manifest.yml, install it, and export "
                    + tokenVariable + "=xoxb-... (OAuth & Permissions, Bot User OAuth Token).");
        }
        if (!token.strip().startsWith("xox")) {
            throw usageError(tokenVariable + " holds no bot token, which starts with xoxb-. In the Slack app: OAuth &"
                    + " Permissions, Bot User OAuth Token.");
        }
        return new Secret(token.strip());
    }

    /** Connects, and returns the chosen ones of the channels that the bot is in. */
    private Set<ChannelInfo> channels(WebApiSlackClient slack) {
        BotIdentity identity = slack.identity();
        var missing = new TreeSet<>(CheckCommand.SCOPES);
        missing.removeAll(identity.scopes());
        if (!identity.scopes().isEmpty() && !missing.isEmpty()) {
            throw RemoteException.actionRequired(
                    "the token lacks the scopes " + String.join(", ", missing),
                    "Add them to the app under OAuth & Permissions, and reinstall the app.",
                    null);
        }
        ok("workspace " + identity.team());
        List<ChannelInfo> all = slack.memberChannels();
        if (all.isEmpty()) {
            throw RemoteException.actionRequired(
                    "the bot is in no channel",
                    "Type /invite and the bot's name in the channel to publish, and try again.",
                    null);
        }
        var question = new StringBuilder("Which channels? Numbers, names or ids, with commas");
        for (int i = 0; i < all.size(); i++) {
            question.append("%n%3d  #%s  %s"
                    .formatted(i + 1, all.get(i).name(), all.get(i).id()));
        }
        return answer(
                channels == null ? null : String.join(",", channels),
                "--channel",
                question.toString(),
                text -> chosen(text, all));
    }

    private Set<ChannelInfo> chosen(String text, List<ChannelInfo> all) {
        var chosen = new LinkedHashSet<ChannelInfo>();
        for (String part : List.of(text.split("[,\\s]+"))) {
            String name = part.replaceFirst("^#", "");
            chosen.add(all.stream()
                    .filter(channel ->
                            channel.name().equals(name) || channel.id().value().equals(name))
                    .findFirst()
                    .or(() -> name.matches("\\d{1,4}")
                                    && Integer.parseInt(name) >= 1
                                    && Integer.parseInt(name) <= all.size()
                            ? Optional.of(all.get(Integer.parseInt(name) - 1))
                            : Optional.empty())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the bot is not in a channel " + part + "; type /invite and its name there")));
        }
        chosen.forEach(channel -> ok("channel #" + channel.name()));
        return chosen;
    }

    private static String time(String text) {
        OffsetDateTime now = OffsetDateTime.now(Application.clock().withZone(ZoneId.systemDefault()));
        try {
            OffsetDateTime time = text.equals("now") ? now : OffsetDateTime.parse(text);
            return time.truncatedTo(ChronoUnit.SECONDS).toString();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "not a time: " + text + "; write now, or date, time and UTC offset, such as "
                            + now.truncatedTo(ChronoUnit.HOURS),
                    e);
        }
    }

    private Approvers approvers(String text, WebApiSlackClient slack) {
        if (text.equals("none")) {
            return new Approvers("none", "every message is public at once");
        }
        if (text.equals("anyone")) {
            return new Approvers("{approvers: [anyone]}", "everybody in the channel may approve");
        }
        var names = new ArrayList<String>();
        List<String> ids = List.of(text.split("[,\\s]+"));
        for (String id : ids) {
            if (GROUP.matcher(id).matches()) {
                names.add("a user group of " + slack.groupMembers(id).size());
            } else if (UserId.isValid(id)) {
                names.add(slack.userProfile(new UserId(id)).displayName());
            } else {
                throw new IllegalArgumentException(
                        id + " is not an id: in Slack, open the profile, then the three dots, and copy the member ID");
            }
        }
        ok("approved by " + String.join(", ", names));
        return new Approvers("{approvers: [" + String.join(", ", ids) + "]}", String.join(", ", names));
    }

    /** The storage as it is written into the file, after a test file was written to it and deleted. */
    private String storage(String text, Path file) {
        Matcher s3 = S3.matcher(text);
        Matcher ftp = FTP.matcher(text);
        String yaml;
        if (s3.matches()) {
            String prefix = s3.group(2).replaceAll("/+$", "");
            yaml = "s3: {bucket: %s%s}"
                    .formatted(quoted(s3.group(1)), prefix.isEmpty() ? "" : ", prefix: " + quoted(prefix));
        } else if (ftp.matches()) {
            if (!environment.containsKey("FTP_PASSWORD")) {
                throw new IllegalArgumentException("FTP_PASSWORD is not set; export it before starting Chatpress");
            }
            yaml = "ftp: {host: %s%s, user: %s, password: \"${FTP_PASSWORD}\"%s, tls: %s}"
                    .formatted(
                            quoted(ftp.group(3)),
                            ftp.group(4) == null ? "" : ", port: " + ftp.group(4),
                            quoted(ftp.group(2)),
                            ftp.group(5) == null ? "" : ", directory: " + quoted(ftp.group(5)),
                            ftp.group(1).equals("ftps") ? "explicit" : "none");
        } else if (text.contains("://")) {
            throw new IllegalArgumentException(
                    text + " is no storage: write a folder, s3://bucket/prefix, or ftps://user@host/folder");
        } else {
            yaml = "directory: " + quoted(text);
        }
        StorageSettings settings = read(
                        file,
                        "slack: {token: test}\npublish: [{" + yaml + "}]\nchannels: [{id: C000, slug: test,"
                                + " since: 2026-01-01T00:00:00Z, approval: none}]\n")
                .storages()
                .get(0);
        try (Storage storage = settings.storage()) {
            storage.check();
            ok(storage.name());
        }
        return yaml;
    }

    /** Parses the text as the file will be. */
    private Settings read(Path file, String yaml) {
        try {
            Path draft = Files.createTempFile("chatpress", ".yml");
            try {
                Files.writeString(draft, yaml);
                return SettingsLoader.read(draft, environment);
            } catch (InvalidSettingsException e) {
                throw new InvalidSettingsException(file.toString(), e.problems());
            } finally {
                Files.delete(draft);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String yaml(Set<ChannelInfo> chosen, String time, Approvers editors, String storage) {
        var yaml = new StringBuilder("""
                # Which Slack channels Chatpress publishes, and where. The guide for operators describes every setting.
                # Secrets are written ${NAME} and come from the environment.
                # Check the file with: java -jar chatpress.jar check
                slack:
                  token: ${%s}
                """.formatted(tokenVariable));
        if (apiUrl != null) {
            yaml.append("  api-url: ").append(apiUrl).append('\n');
        }
        yaml.append("""
                  # app-token: ${SLACK_APP_TOKEN}  # Socket Mode: changes are seen at once

                publish:                        # one storage or more; each gets every file
                  - %s

                # public-url: https://static.example/chats/    # where readers find the published files
                # photos: {beside-the-chat: true, max-width: 960}    # without this, readers see no photos
                # videos: {beside-the-chat: true}    # clips and voice memos; needs ffmpeg

                defaults:
                  time-zone: %s
                  approval: %s    # %s

                channels:
                """.formatted(storage, zone(), editors.yaml(), VisibleText.line(editors.comment())));
        Set<String> slugs = new TreeSet<>();
        for (ChannelInfo channel : chosen) {
            String slug = Slug.isValid(channel.name()) && slugs.add(channel.name())
                    ? channel.name()
                    : channel.id().value().toLowerCase(Locale.ROOT);
            yaml.append("""
                      - id: %s    # #%s
                        slug: %s    # the chat's name in URLs
                        since: %s    # nothing older is ever published
                        headline: %s
                        # description: <p>Our reporters follow the count.</p>
                        # delay: 30s                # time to correct a slip before readers see it
                        # threads: publish          # replies too, each approved like a message
                    """.formatted(
                    channel.id(), VisibleText.line(channel.name()), quoted(slug), time, quoted(headline(channel))));
        }
        return yaml.toString();
    }

    private static String zone() {
        String zone = ZoneId.systemDefault().getId();
        return ZoneId.getAvailableZoneIds().contains(zone) ? zone : "UTC";
    }

    /** {@code #election-night} is "Election night". */
    private static String headline(ChannelInfo channel) {
        String words = VisibleText.line(channel.name().replaceAll("[-_]+", " "));
        return words.isEmpty() ? channel.name() : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void write(Path file, String yaml) {
        read(file, yaml);
        try {
            if (isSample(file)) {
                AtomicFiles.replace(file, yaml);
            } else {
                Files.writeString(file, yaml, StandardOpenOption.CREATE_NEW);
            }
        } catch (FileAlreadyExistsException e) {
            throw exists(file);
        } catch (IOException e) {
            throw new InvalidSettingsException(file.toString(), "", "cannot be written: " + ErrorMessages.describe(e));
        }
    }

    /** True if the file is the sample, byte for byte: nothing of the operator's is lost with it. */
    private static boolean isSample(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream sample = InitCommand.class.getResourceAsStream(SAMPLE)) {
            return Arrays.equals(sample.readAllBytes(), Files.readAllBytes(file));
        } catch (IOException e) {
            return false;
        }
    }

    private RuntimeException exists(Path file) {
        return usageError(file + " exists. Edit it, or write another file: " + ChatpressCommand.program()
                + " init --config other.yml; the later commands need the same --config.");
    }

    /**
     * The value of an option, or else an answer: asks again until one is valid.
     *
     * @param parse tries the answer; an {@link IllegalArgumentException} says what is wrong with it
     */
    private <T> T answer(String option, String name, String question, Function<String, T> parse) {
        if (option != null) {
            try {
                return parse.apply(option.strip());
            } catch (IllegalArgumentException e) {
                throw usageError(name + ": " + e.getMessage());
            }
        }
        err().println("\n" + question);
        while (true) {
            err().print("> ");
            err().flush();
            String line =
                    nextAnswer().orElseThrow(() -> usageError("Missing option: " + name + ", or an answer on stdin."));
            if (line.isEmpty()) {
                continue;
            }
            try {
                return parse.apply(line);
            } catch (IllegalArgumentException | InvalidSettingsException e) {
                failed(e.getMessage());
            } catch (RemoteException e) {
                failed(e.messageWithHint());
            }
        }
    }

    private Optional<String> nextAnswer() {
        try {
            return Optional.ofNullable(answers.readLine()).map(String::strip);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Questions and what became of the answers go to stderr, as logs do. */
    private void ok(String detail) {
        err().println("ok    " + detail);
    }

    private void failed(String problem) {
        err().println("FAIL  " + problem);
    }
}
