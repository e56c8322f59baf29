package org.chatpress.slackexport;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.UserProfile;
import org.chatpress.slack.SlackReader.ChannelInfo;

/**
 * A Slack export: {@code users.json}, {@code channels.json} and a folder of {@code <date>.json} files for each channel,
 * as a zip or unpacked. Public channels and the private ones of {@code groups.json} are read, direct messages never.
 * The messages of a channel are read when they are asked for, so only one channel need fit into memory. Not for several
 * threads at once, but for {@link #readUploadedFile}.
 */
public final class SlackExport implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}\\.json");

    /** Where tools that save the uploaded files with an export put them, each into a folder that bears its id. */
    private static final Pattern UPLOAD = Pattern.compile("__uploads/([A-Z0-9]+)/[^/]+");

    private static final String WHAT_IT_IS =
            "A Slack export is a zip or a folder with users.json, channels.json and a folder for each channel.";

    private final ExportSource files;
    private final Limits limits;
    private final Set<String> measured = new HashSet<>();
    private long measuredBytes;
    private final Map<String, List<String>> days = new HashMap<>();
    private final Map<String, String> uploads = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<UserId, UserProfile> users = new LinkedHashMap<>();
    private final Map<ChannelId, ChannelInfo> channels = new LinkedHashMap<>();

    private SlackExport(ExportSource files, Limits limits) {
        this.files = files;
        this.limits = limits;
    }

    /**
     * Opens an export and reads who is in it.
     *
     * @throws InvalidSettingsException if there is no export at this path, or if it is one that cannot be trusted: an entry leads
     *     out of it, or it is far larger than an export can be
     */
    public static SlackExport open(Path path) {
        return open(path, Limits.DEFAULT);
    }

    /** The made-up council meeting that Chatpress carries with it. */
    public static SlackExport demo() {
        return read(new ClasspathSource(), Limits.DEFAULT);
    }

    static SlackExport open(Path path, Limits limits) {
        if (!Files.exists(path)) {
            throw noExport(path.toString(), "is not there");
        }
        try {
            return read(
                    Files.isDirectory(path) ? DirectorySource.open(path, limits) : ZipSource.open(path, limits),
                    limits);
        } catch (IOException e) {
            throw noExport(path.toString(), "cannot be read as a zip or a folder: " + e.getMessage());
        }
    }

    /** The channels in the export's own order. */
    public List<ChannelInfo> channels() {
        return List.copyOf(channels.values());
    }

    /** Everybody in users.json. */
    public Map<UserId, UserProfile> users() {
        return Map.copyOf(users);
    }

    /** What was left out when the export was opened, each naming its file; empty for most. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Reads one channel; empty for a channel that the export doesn't have. */
    public ChannelHistory history(ChannelId channel) {
        ChannelInfo info = channels.get(channel);
        var messages = new TreeMap<MessageTs, SlackMessage>();
        var unusable = new int[1];
        var broken = new ArrayList<String>();
        List<String> names = info == null ? List.of() : days.getOrDefault(folder(info), List.of());
        for (String name : names) {
            eachObject(
                    name,
                    broken,
                    json -> SlackMessage.of(LegacyFileMessages.upgrade(json))
                            .ifPresentOrElse(message -> messages.put(message.ts(), message), () -> unusable[0]++));
        }
        return new ChannelHistory(List.copyOf(messages.values()), unusable[0], broken);
    }

    /** Whether anybody reacted to anything. Old exports hold no reactions: nothing in them can be approved. */
    public boolean hasReactions() {
        return channels.keySet().stream()
                .flatMap(channel -> history(channel).messages().stream())
                .anyMatch(message -> !message.json().path("reactions").isEmpty());
    }

    /**
     * A file that somebody uploaded. Slack's own exports hold none of them; others may, in {@code __uploads/<id>/}.
     *
     * @param most a file of more bytes is refused
     * @throws RemoteException REFUSED if the export holds no such file, or one that cannot be used
     */
    public byte[] readUploadedFile(String id, int most) {
        String name = uploads.get(id);
        if (name == null) {
            throw RemoteException.rejected("the export holds no file " + id, null);
        }
        try (InputStream in = files.open(name)) {
            byte[] bytes = in.readNBytes(most);
            if (in.read() >= 0) {
                throw RemoteException.rejected(name + " of the export has more than " + most + " bytes", null);
            }
            return bytes;
        } catch (IOException e) {
            throw RemoteException.rejected(name + " of the export cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        files.close();
    }

    private static SlackExport read(ExportSource files, Limits limits) {
        var export = new SlackExport(files, limits);
        try {
            export.readContents();
            return export;
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private void readContents() {
        List<String> names = files.names();
        String top = top(names);
        boolean lists = false;
        for (String name : names) {
            String inside = name.startsWith(top) ? name.substring(top.length()) : "";
            int slash = inside.indexOf('/');
            if (slash > 0 && DAY.matcher(inside.substring(slash + 1)).matches()) {
                days.computeIfAbsent(inside.substring(0, slash), folder -> new ArrayList<>())
                        .add(name);
            }
            Matcher upload = UPLOAD.matcher(inside);
            if (upload.matches()) {
                uploads.put(upload.group(1), name);
            }
            lists |= inside.equals("channels.json") || inside.equals("groups.json");
        }
        if (!lists) {
            throw noExport(files.path(), "has no channels.json");
        }
        for (String name : names) {
            if (name.equals(top + "users.json")) {
                eachObject(name, problems, this::addPerson);
            } else if (name.equals(top + "channels.json") || name.equals(top + "groups.json")) {
                eachObject(name, problems, channel -> addChannel(name, channel));
            }
        }
        if (channels.isEmpty()) {
            throw noExport(files.path(), "names no channel" + (problems.isEmpty() ? "" : ": " + problems.get(0)));
        }
    }

    /** Whoever zips an unpacked export often zips the folder round it: then everything lies one folder deeper. */
    private static String top(List<String> names) {
        if (names.contains("channels.json") || names.contains("groups.json")) {
            return "";
        }
        return names.stream()
                .filter(name -> name.matches("[^/]+/(channels|groups)\\.json") && !name.startsWith("__MACOSX/"))
                .map(name -> name.substring(0, name.indexOf('/') + 1))
                .findFirst()
                .orElse("");
    }

    private void addPerson(JsonNode user) {
        String id = user.path("id").asText("");
        if (!UserId.isValid(id)) {
            problems.add("users.json: somebody has no usable id");
            return;
        }
        JsonNode json = user.path("profile");
        String realName =
                user.path("real_name").asText(json.path("real_name").asText("")).strip();
        String name = realName.isEmpty() ? user.path("name").asText("") : realName;
        var profile = new UserProfile(
                new UserId(id),
                name,
                json.path("title").asText(""),
                slackImage(json.path("image_48").asText("")),
                user.path("is_bot").asBoolean(false));
        users.put(profile.id(), profile);
    }

    /** Pictures on other hosts are dropped: a gravatar address carries the MD5 of an e-mail address. */
    private static String slackImage(String address) {
        try {
            URI uri = URI.create(address);
            String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
            boolean slacks = host.endsWith(".slack-edge.com") || host.endsWith(".slack.com");
            return "https".equalsIgnoreCase(uri.getScheme()) && uri.getUserInfo() == null && slacks ? address : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private void addChannel(String file, JsonNode channel) {
        String id = channel.path("id").asText("");
        if (!ChannelId.isValid(id)) {
            problems.add(file + ": a channel has no usable id");
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

    /** A channel's folder bears its name; some tools that write exports name it by the id. */
    private String folder(ChannelInfo channel) {
        return days.containsKey(channel.name()) ? channel.name() : channel.id().value();
    }

    /** Reads a file that holds a list; where it breaks off, what came before is kept and the file is named. */
    private void eachObject(String name, List<String> broken, Consumer<JsonNode> reader) {
        try (InputStream bytes = measured(name);
                JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                broken.add(name + ": is no JSON list");
                return;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                reader.accept(JSON.<JsonNode>readTree(parser));
            }
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            String where = line > 0 ? " at line " + line : "";
            broken.add(name + ": is broken" + where + ", the rest of this file is left out");
        } catch (IOException e) {
            broken.add(name + ": cannot be read: " + e.getMessage());
        }
    }

    private InputStream measured(String name) throws IOException {
        boolean first = measured.add(name);
        return new FilterInputStream(files.open(name)) {
            private long length;

            @Override
            public int read() throws IOException {
                int read = super.read();
                count(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] bytes, int offset, int most) throws IOException {
                int read = super.read(bytes, offset, most);
                count(Math.max(0, read));
                return read;
            }

            private void count(int bytes) {
                length += bytes;
                measuredBytes += first ? bytes : 0;
                limits.checkBytes(files.path(), name, length, measuredBytes);
            }
        };
    }

    private static InvalidSettingsException noExport(String place, String why) {
        return new InvalidSettingsException(place, "", why + ". " + WHAT_IT_IS);
    }

    /**
     * The messages of one channel.
     *
     * @param messages oldest first, each ts once; where the export has a ts twice, the later entry counts
     * @param skippedEntries how many entries had no usable ts and were skipped
     * @param problems files that could not be read to their end, each with the reason
     */
    public record ChannelHistory(List<SlackMessage> messages, int skippedEntries, List<String> problems) {
        public ChannelHistory {
            messages = List.copyOf(messages);
            problems = List.copyOf(problems);
        }
    }

    /** What is too much. Counted while reading: what a zip says of its sizes may be a lie. */
    record Limits(int entries, long entryBytes, long totalBytes) {
        static final Limits DEFAULT = new Limits(200_000, 256L << 20, 4L << 30);

        void checkEntries(String place, int count) {
            if (count > entries) {
                throw new InvalidSettingsException(place, "", "holds more than " + entries + " files. " + WHAT_IT_IS);
            }
        }

        void checkBytes(String place, String name, long length, long total) {
            if (length > entryBytes) {
                throw SafeEntryName.refused(
                        place, name, "holds more than " + entryBytes + " bytes. Remove this entry.");
            }
            if (total > totalBytes) {
                throw SafeEntryName.refused(
                        place, name, "brings the export to more than " + totalBytes + " bytes. Export fewer days.");
            }
        }
    }
}
