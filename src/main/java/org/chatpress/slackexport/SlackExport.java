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
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.slack.SlackReader.ChannelInfo;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.slackexport.ExportSource.ClasspathSource;

/**
 * A Slack export, as a zip or unpacked: {@code users.json}, {@code channels.json} and a folder of JSON files for each
 * channel. Public channels and the private ones in {@code groups.json} are read, direct messages never. The messages of a
 * channel are read on demand. Not thread-safe, except {@link #readUploadedFile}.
 */
public final class SlackExport implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A file in the folder of a channel. */
    private static final Pattern JSON_FILE = Pattern.compile("([^/]+)/(?!\\._)[^/]+\\.json");

    /** Slack names the files of messages by the day, and others in the folder otherwise; some tools name them by the month. */
    private static final Pattern DATED_FILE = Pattern.compile(".*/[0-9]{4}-[0-9]{2}[^/]*");

    /** Some export tools add the uploaded files, each in a folder named by the id of the file. */
    private static final Pattern UPLOADED_FILE = Pattern.compile("__uploads/([A-Z0-9]+)/[^/]+");

    /** How many messages of a channel {@link #readHistory} reads at a time. */
    private static final int PART = 500;

    /** In the order in which they are tried on folders of a zip whose names are not UTF-8. */
    private static final List<Charset> OTHER_CHARSETS = Stream.of(
                    "IBM437", "IBM850", "windows-1252", "windows-1251", "IBM866", "windows-31j", "GBK", "x-windows-949")
            .filter(Charset::isSupported)
            .map(Charset::forName)
            .toList();

    private static final int MAX_NAMES = 5;

    private static final String WHAT_AN_EXPORT_IS =
            "a Slack export is a zip or a folder with users.json, channels.json and a folder for each channel";

    private final ExportSource source;
    private final Limits limits;

    /** The files that count for {@link #totalBytes}: a file that is read again does not count again. */
    private final Set<String> countedFiles = new HashSet<>();

    private long totalBytes;

    /** The names of JSON files, by folder. */
    private final Map<String, List<String>> folders = new TreeMap<>();

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
            throw noExport(path.toString(), "cannot be read as a zip or a folder (" + ErrorMessages.describe(e) + ")");
        }
    }

    /** The channels in the order of the export. */
    public List<ChannelInfo> channels() {
        return List.copyOf(channels.values());
    }

    /** The users in users.json or, of an Enterprise Grid, org_users.json. */
    public Map<UserId, UserProfile> users() {
        return Map.copyOf(users);
    }

    /** What is missing or was skipped when the export was opened, with the name of the file; usually empty. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** True if any folder has files in which messages are expected. */
    public boolean hasMessageFiles() {
        return !folders.isEmpty();
    }

    /**
     * The messages of a channel, oldest first; none if the export does not have the channel. If the export has a ts twice,
     * the later entry counts.
     */
    public List<SlackMessage> history(ChannelId channel) {
        var messages = new TreeMap<MessageTs, SlackMessage>();
        readHistory(channel, part -> part.forEach(message -> messages.put(message.ts(), message)));
        return List.copyOf(messages.values());
    }

    /**
     * Reads the messages of a channel in parts, so that few are in memory at a time. If the export has a ts twice, the
     * later entry counts. Some tools record edits and deletions, and the message as it was before: it appears as edited, or
     * as the placeholder of a deleted message.
     */
    public HistorySummary readHistory(ChannelId channel, Consumer<List<SlackMessage>> reader) {
        ChannelInfo info = channels.get(channel);
        if (info == null) {
            return new HistorySummary(0, List.of());
        }
        var part = new ArrayList<SlackMessage>();
        var changed = new HashSet<MessageTs>();
        var skippedEntries = new int[1];
        var notes = new int[1];
        var historyProblems = new ArrayList<String>();
        for (String name : messageFiles(info, historyProblems)) {
            forEachObject(name, historyProblems, json -> {
                Optional<SlackMessage> change = change(json);
                change.map(SlackMessage::ts).ifPresent(changed::add);
                if (json.at("/metadata/event_type").asText("").equals(SlackMessage.NOTE)) {
                    notes[0]++;
                }
                Optional<SlackMessage> message = change.or(() -> SlackMessage.of(LegacyFileMessages.upgrade(json)))
                        .map(SlackExport::withoutNote);
                if (message.isEmpty()) {
                    skippedEntries[0]++;
                } else if (change.isPresent() || !changed.contains(message.get().ts())) {
                    part.add(message.get());
                }
                if (part.size() == PART) {
                    reader.accept(List.copyOf(part));
                    part.clear();
                }
            });
        }
        reader.accept(List.copyOf(part));
        if (notes[0] > 0) {
            historyProblems.add(notes[0]
                    + " replies of the form in Slack were not read as edits: an export does not prove which app"
                    + " posted them. They take effect once `run` has read their threads");
        }
        return new HistorySummary(skippedEntries[0], historyProblems);
    }

    /** Removes the member by which a message counts as a note of our app: nothing in an export proves that it is one. */
    private static SlackMessage withoutNote(SlackMessage message) {
        if (!message.json().has(SlackMessage.NOTE)) {
            return message;
        }
        ObjectNode json = message.json().deepCopy();
        json.remove(SlackMessage.NOTE);
        return new SlackMessage(message.ts(), json);
    }

    private List<String> messageFiles(ChannelInfo channel, List<String> historyProblems) {
        Optional<String> folder = folder(channel);
        if (folder.isEmpty()) {
            historyProblems.add(withoutFolder(channel));
            return List.of();
        }
        List<String> names = folders.get(folder.get());
        List<String> dated = names.stream()
                .filter(name -> DATED_FILE.matcher(name).matches())
                .toList();
        if (!dated.isEmpty() && dated.size() < names.size()) {
            historyProblems.add(names.size() - dated.size() + " files are not named by a date and were not read");
        }
        return dated.isEmpty() ? names : dated;
    }

    /** A message after the edit or deletion that this entry records; empty for other entries. */
    private static Optional<SlackMessage> change(JsonNode entry) {
        return switch (entry.path("subtype").asText("")) {
            case "message_changed" -> SlackMessage.of(LegacyFileMessages.upgrade(entry.path("message")));
            case "message_deleted" ->
                SlackMessage.of(JSON.createObjectNode()
                        .put("type", "message")
                        .put("subtype", "tombstone")
                        .put("ts", entry.path("deleted_ts").asText("")));
            default -> Optional.empty();
        };
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
            throw RemoteException.rejected(name + " of the export cannot be read: " + ErrorMessages.describe(e), e);
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
            Matcher file = JSON_FILE.matcher(inside);
            if (file.matches() && !inside.startsWith("__")) {
                folders.computeIfAbsent(file.group(1), folder -> new ArrayList<>())
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
        problems.addAll(source.problems());
        if (!names.contains(root + "users.json") && !names.contains(root + "org_users.json")) {
            problems.add("users.json is missing: people have the names that their messages contain, or none");
        }
        for (String name : names) {
            if (name.equals(root + "users.json") || name.equals(root + "org_users.json")) {
                forEachObject(name, problems, user -> addUser(name, user));
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

    private void addUser(String file, JsonNode user) {
        String id = user.path("id").asText("");
        if (!UserId.isValid(id)) {
            problems.add(file + ": skipped a user without a valid id");
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
                true,
                channel.path("is_archived").asBoolean(false));
        channels.put(info.id(), info);
    }

    /** The folder of a channel has its name; in exports of some tools its id, or the name in another case or encoding. */
    private Optional<String> folder(ChannelInfo channel) {
        String name = folded(channel.name());
        return Stream.<Predicate<String>>of(
                        folder -> folder.equals(channel.name()),
                        folder -> folder.equals(channel.id().value()),
                        folder -> folded(folder).equals(name),
                        folder -> List.of(folder.split("[^A-Z0-9]+", -1))
                                .contains(channel.id().value()),
                        folder -> inOtherCharsets(folder)
                                .anyMatch(decoded -> folded(decoded).equals(name)))
                .flatMap(matches -> folders.keySet().stream().filter(matches))
                .findFirst();
    }

    /** Macs write accents as characters of their own. */
    private static String folded(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    /** The readings of a name whose bytes {@link ZipSource} has read as ISO 8859-1. */
    private static Stream<String> inOtherCharsets(String name) {
        boolean isOneByteEach =
                name.chars().allMatch(c -> c <= 0xFF) && name.chars().anyMatch(c -> c >= 0x80);
        return isOneByteEach
                ? OTHER_CHARSETS.stream()
                        .map(charset -> new String(name.getBytes(StandardCharsets.ISO_8859_1), charset))
                : Stream.of();
    }

    private String withoutFolder(ChannelInfo channel) {
        Set<String> ofChannels = channels.values().stream()
                .flatMap(other -> folder(other).stream())
                .collect(Collectors.toSet());
        List<String> others = folders.keySet().stream()
                .filter(folder -> !ofChannels.contains(folder))
                .map(VisibleText::line)
                .toList();
        String problem = "no folder is named " + VisibleText.line(channel.name()) + " or " + channel.id();
        return others.isEmpty()
                ? problem
                : problem + "; " + others.size() + " folders belong to no channel: "
                        + String.join(", ", others.subList(0, Math.min(MAX_NAMES, others.size())));
    }

    /** Reads the objects of a JSON array. At a syntax error it keeps the objects before and reports the file. */
    private void forEachObject(String file, List<String> fileProblems, Consumer<JsonNode> reader) {
        String name = VisibleText.line(file);
        try (InputStream bytes = countedStream(file);
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
            fileProblems.add(name + ": cannot be read: " + ErrorMessages.describe(e));
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
     * What reading a channel's messages left out.
     *
     * @param skippedEntries the number of entries without a valid ts
     * @param problems what was not read, with the reason: a folder, or files or their ends
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
