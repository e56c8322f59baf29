package org.chatpress.slackexport;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.slack.SlackReader.ChannelInfo;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.slackexport.ExportSource.ClasspathSource;

/**
 * A Slack export, as a zip or unpacked: {@code users.json}, {@code channels.json} and a folder of {@code <date>.json}
 * files for each channel. Public channels and the private ones in {@code groups.json} are read, direct messages never.
 * The messages of a channel are read on demand. Not thread-safe,
 * except {@link #readUploadedFile}.
 */
public final class SlackExport implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}\\.json");

    /** Some export tools add the uploaded files, each in a folder named by the id of the file. */
    private static final Pattern UPLOADED_FILE = Pattern.compile("__uploads/([A-Z0-9]+)/[^/]+");

    /** How many messages of a channel {@link #readHistory} reads at a time. */
    private static final int PART = 500;

    private static final String WHAT_AN_EXPORT_IS =
            "a Slack export is a zip or a folder with users.json, channels.json and a folder for each channel";

    private final ExportSource source;
    private final Limits limits;

    /** The files that count for {@link #totalBytes}: a file that is read again does not count again. */
    private final Set<String> countedFiles = new HashSet<>();

    private long totalBytes;

    /** The names of the {@code <date>.json} files, by folder. */
    private final Map<String, List<String>> days = new HashMap<>();

    /** The names of uploaded files, by the id of the file. */
    private final Map<String, String> uploadedFiles = new HashMap<>();

    private final List<String> problems = new ArrayList<>();
    private final Map<UserId, UserProfile> users = new LinkedHashMap<>();
    private final Map<ChannelId, ChannelInfo> channels = new LinkedHashMap<>();

    private SlackExport(ExportSource source, Limits limits) {
        this.source = source;
        this.limits = limits;
    }

    /**
     * Opens an export and reads its users and channels.
     *
     * @throws InvalidSettingsException if there is no export at this path, an entry leads out of it, or it is larger than
     *     any real export
     */
    public static SlackExport open(Path path) {
        return open(path, Limits.DEFAULT);
    }

    /** The fictitious council meeting of the demo, which is part of the jar. */
    public static SlackExport demo() {
        return read(new ClasspathSource(), Limits.DEFAULT);
    }

    static SlackExport open(Path path, Limits limits) {
        if (!Files.exists(path)) {
            throw noExport(path.toString(), "not found");
        }
        try {
            return read(
                    Files.isDirectory(path) ? DirectorySource.open(path, limits) : ZipSource.open(path, limits),
                    limits);
        } catch (IOException e) {
            throw noExport(path.toString(), "cannot be read as a zip or a folder (" + e.getMessage() + ")");
        }
    }

    /** The channels in the order of the export. */
    public List<ChannelInfo> channels() {
        return List.copyOf(channels.values());
    }

    /** The users in users.json. */
    public Map<UserId, UserProfile> users() {
        return Map.copyOf(users);
    }

    /** What was skipped when the export was opened, with the name of the file; usually empty. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Reads the messages of a channel; there are none if the export does not have the channel. */
    public ChannelHistory history(ChannelId channel) {
        var messages = new TreeMap<MessageTs, SlackMessage>();
        HistorySummary summary =
                readHistory(channel, part -> part.forEach(message -> messages.put(message.ts(), message)));
        return new ChannelHistory(List.copyOf(messages.values()), summary.skippedEntries(), summary.problems());
    }

    /**
     * Reads the messages of a channel in parts, so that few are in memory at a time. If the export has a ts twice, the
     * later entry counts.
     */
    public HistorySummary readHistory(ChannelId channel, Consumer<List<SlackMessage>> reader) {
        ChannelInfo info = channels.get(channel);
        var part = new ArrayList<SlackMessage>();
        var skippedEntries = new int[1];
        var fileProblems = new ArrayList<String>();
        List<String> names = info == null ? List.of() : days.getOrDefault(folder(info), List.of());
        for (String name : names) {
            forEachObject(name, fileProblems, json -> {
                SlackMessage.of(LegacyFileMessages.upgrade(json)).ifPresentOrElse(part::add, () -> skippedEntries[0]++);
                if (part.size() == PART) {
                    reader.accept(List.copyOf(part));
                    part.clear();
                }
            });
        }
        reader.accept(List.copyOf(part));
        return new HistorySummary(skippedEntries[0], fileProblems);
    }

    /** True if a message has a reaction. Old exports contain none, so nothing in them can be approved. */
    public boolean hasReactions() {
        return channels.keySet().stream()
                .flatMap(channel -> history(channel).messages().stream())
                .anyMatch(message -> !message.json().path("reactions").isEmpty());
    }

    /**
     * Reads an uploaded file. Slack's own exports do not contain them; those of other tools may, in {@code
     * __uploads/<id>/}.
     *
     * @throws RemoteException REJECTED if the export does not contain the file, or it is larger than {@code maxBytes}
     */
    public byte[] readUploadedFile(String id, int maxBytes) {
        String name = uploadedFiles.get(id);
        if (name == null) {
            throw RemoteException.rejected("the export has no file " + id, null);
        }
        try (InputStream in = source.open(name)) {
            byte[] bytes = in.readNBytes(maxBytes);
            if (in.read() >= 0) {
                throw RemoteException.rejected(name + " of the export is larger than " + maxBytes + " bytes", null);
            }
            return bytes;
        } catch (IOException e) {
            throw RemoteException.rejected(name + " of the export cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        source.close();
    }

    private static SlackExport read(ExportSource source, Limits limits) {
        var export = new SlackExport(source, limits);
        try {
            export.readUsersAndChannels();
            return export;
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private void readUsersAndChannels() {
        List<String> names = source.names();
        String root = root(names);
        boolean hasChannels = false;
        for (String name : names) {
            String inside = name.startsWith(root) ? name.substring(root.length()) : "";
            int slash = inside.indexOf('/');
            if (slash > 0 && DAY.matcher(inside.substring(slash + 1)).matches()) {
                days.computeIfAbsent(inside.substring(0, slash), folder -> new ArrayList<>())
                        .add(name);
            }
            Matcher uploadedFile = UPLOADED_FILE.matcher(inside);
            if (uploadedFile.matches()) {
                uploadedFiles.put(uploadedFile.group(1), name);
            }
            hasChannels |= inside.equals("channels.json") || inside.equals("groups.json");
        }
        if (!hasChannels) {
            throw noExport(source.path(), "missing channels.json");
        }
        for (String name : names) {
            if (name.equals(root + "users.json")) {
                forEachObject(name, problems, this::addUser);
            } else if (name.equals(root + "channels.json") || name.equals(root + "groups.json")) {
                forEachObject(name, problems, channel -> addChannel(name, channel));
            }
        }
        if (channels.isEmpty()) {
            throw noExport(source.path(), "no channels" + (problems.isEmpty() ? "" : " (" + problems.get(0) + ")"));
        }
    }

    /** The folder that contains channels.json: an export that was unpacked and zipped again is often in a folder. */
    private static String root(List<String> names) {
        if (names.contains("channels.json") || names.contains("groups.json")) {
            return "";
        }
        return names.stream()
                .filter(name -> name.matches("[^/]+/(channels|groups)\\.json") && !name.startsWith("__MACOSX/"))
                .map(name -> name.substring(0, name.indexOf('/') + 1))
                .findFirst()
                .orElse("");
    }

    private void addUser(JsonNode user) {
        String id = user.path("id").asText("");
        if (!UserId.isValid(id)) {
            problems.add("users.json: skipped a user without a valid id");
            return;
        }
        JsonNode json = user.path("profile");
        var profile = new UserProfile(
                new UserId(id),
                UserProfile.name(user),
                json.path("title").asText(""),
                slackImage(json.path("image_48").asText("")),
                user.path("is_bot").asBoolean(false));
        users.put(profile.id(), profile);
    }

    /** Images of other hosts are ignored: a Gravatar URL contains the MD5 of an e-mail address. */
    private static String slackImage(String url) {
        try {
            URI uri = URI.create(url);
            String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
            boolean isSlack = host.endsWith(".slack-edge.com") || host.endsWith(".slack.com");
            return "https".equalsIgnoreCase(uri.getScheme()) && uri.getUserInfo() == null && isSlack ? url : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private void addChannel(String file, JsonNode channel) {
        String id = channel.path("id").asText("");
        if (!ChannelId.isValid(id)) {
            problems.add(file + ": skipped a channel without a valid id");
            return;
        }
        var info = new ChannelInfo(
                new ChannelId(id),
                channel.path("name").asText(id),
                file.endsWith("groups.json"),
                true,
                channel.path("is_archived").asBoolean(false));
        channels.put(info.id(), info);
    }

    /** The folder of a channel has its name, or its id in exports of some tools. */
    private String folder(ChannelInfo channel) {
        return days.containsKey(channel.name()) ? channel.name() : channel.id().value();
    }

    /** Reads the objects of a JSON array. At a syntax error it keeps the objects before and reports the file. */
    private void forEachObject(String name, List<String> fileProblems, Consumer<JsonNode> reader) {
        try (InputStream bytes = countedStream(name);
                JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                fileProblems.add(name + ": not a JSON array");
                return;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                reader.accept(JSON.<JsonNode>readTree(parser));
            }
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            String where = line > 0 ? " at line " + line : "";
            fileProblems.add(name + ": invalid JSON" + where + "; skipped the rest of the file");
        } catch (IOException e) {
            fileProblems.add(name + ": cannot be read: " + e.getMessage());
        }
    }

    private InputStream countedStream(String name) throws IOException {
        boolean isFirst = countedFiles.add(name);
        return new FilterInputStream(source.open(name)) {
            private long length;

            @Override
            public int read() throws IOException {
                int read = super.read();
                count(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] bytes, int offset, int maxBytes) throws IOException {
                int read = super.read(bytes, offset, maxBytes);
                count(Math.max(0, read));
                return read;
            }

            private void count(int bytes) {
                length += bytes;
                totalBytes += isFirst ? bytes : 0;
                limits.checkBytes(source.path(), name, length, totalBytes);
            }
        };
    }

    private static InvalidSettingsException noExport(String path, String problem) {
        return new InvalidSettingsException(path, "", problem + ": " + WHAT_AN_EXPORT_IS);
    }

    /**
     * The messages of one channel.
     *
     * @param messages oldest first; if the export has a ts twice, only the later entry
     * @param skippedEntries the number of entries without a valid ts
     * @param problems the files that could not be read to their end, with the reason
     */
    public record ChannelHistory(List<SlackMessage> messages, int skippedEntries, List<String> problems) {
        public ChannelHistory {
            messages = List.copyOf(messages);
            problems = List.copyOf(problems);
        }
    }

    /**
     * What reading a channel's messages left out.
     *
     * @param skippedEntries the number of entries without a valid ts
     * @param problems the files that could not be read to their end, with the reason
     */
    public record HistorySummary(int skippedEntries, List<String> problems) {
        public HistorySummary {
            problems = List.copyOf(problems);
        }
    }

    /** The largest export to read. Sizes are measured while reading, since those that a zip declares may be wrong. */
    record Limits(int files, long fileBytes, long totalBytes) {
        static final Limits DEFAULT = new Limits(200_000, 256L << 20, 4L << 30);

        void checkFiles(String path, int count) {
            if (count > files) {
                throw new InvalidSettingsException(path, "", "more than " + files + " files: " + WHAT_AN_EXPORT_IS);
            }
        }

        void checkBytes(String path, String name, long length, long total) {
            if (length > fileBytes) {
                throw ExportSource.invalidEntry(path, name, "more than " + fileBytes + " bytes: remove this file");
            }
            if (total > totalBytes) {
                throw ExportSource.invalidEntry(
                        path, name, "makes the export larger than " + totalBytes + " bytes: export fewer days");
            }
        }
    }

    /**
     * Converts file uploads from before 2018. Their text is a sentence by Slack about the upload, followed by the author's
     * comment; today the text is the comment. Without a comment the sentence stays, as the message has no other text.
     */
    private static final class LegacyFileMessages {
        private static final Pattern SENTENCE = Pattern.compile(
                "<@[A-Z0-9]+(\\|[^>]*)?> (uploaded|shared) an? (file|image): <[^>]*>( and commented: (?<comment>.*))?",
                Pattern.DOTALL);

        private LegacyFileMessages() {}

        /** The message in today's form; the same object unless it is such an upload. */
        static JsonNode upgrade(JsonNode message) {
            String subtype = message.path("subtype").asText("");
            boolean isShare = subtype.equals("file_share") || subtype.equals("file");
            boolean hasFiles =
                    message.path("file").isObject() || !message.path("files").isEmpty();
            Matcher sentence = SENTENCE.matcher(message.path("text").asText(""));
            boolean isSentence = sentence.matches() && (isShare || (subtype.isEmpty() && hasFiles));
            if (!isSentence && !(isShare && message.path("file").isObject())) {
                return message;
            }

            ObjectNode modern = message.deepCopy();
            modern.remove("subtype");
            if (isSentence) {
                comment(message, sentence).ifPresent(comment -> modern.put("text", comment));
            }
            JsonNode file = modern.remove("file");
            if (file != null && !modern.has("files")) {
                modern.putArray("files").add(file);
            }
            return modern;
        }

        private static Optional<String> comment(JsonNode message, Matcher sentence) {
            return Stream.of(message.path("file"), message.path("files").path(0))
                    .map(file -> file.path("initial_comment").path("comment").asText(""))
                    .filter(comment -> !comment.isBlank())
                    .findFirst()
                    .or(() -> Optional.ofNullable(sentence.group("comment")))
                    .filter(comment -> !comment.isBlank());
        }
    }
}
