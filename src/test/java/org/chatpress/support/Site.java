package org.chatpress.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;

/**
 * A chat on a storage, looked at from outside again and again while it is published: what the pointer names is there,
 * nothing is torn, seq never goes back, and a page that stays open shows what a fresh one shows.
 */
public final class Site {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Storage storage;
    private final String slug;
    private final PointerClient follower;
    private Optional<JsonNode> before = Optional.empty();

    public Site(Storage storage, String slug) {
        this.storage = storage;
        this.slug = slug;
        this.follower = new PointerClient(reader());
    }

    public String name() {
        return storage.name();
    }

    /** A reader who loads the chat for the first time. */
    public SiteReader reader() {
        return new SiteReader(storage, slug);
    }

    /** Every byte that is there. */
    public String everything() {
        return blobs().stream().map(Site::text).collect(Collectors.joining("\n"));
    }

    /** Every file that is there. */
    public List<StoredObject> blobs() {
        var keys = new ArrayList<>(storage.list(slug));
        keys.add(new ObjectKey("channels.json"));
        keys.add(new ObjectKey(slug + ".json"));
        return keys.stream().flatMap(key -> storage.read(key).stream()).toList();
    }

    /**
     * True if a file of a directory contains the text; true also while files are deleted there, and false until the pointer is
     * there.
     */
    public static boolean contains(Path directory, String slug, String text) {
        if (!Files.exists(directory.resolve(slug).resolve("live.json"))) {
            return false;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file).contains(text)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | UncheckedIOException e) {
            return true; // a file was deleted meanwhile
        }
    }

    /** What is wrong with what readers get now; what moves while it is looked at is looked at again another time. */
    public List<String> look() {
        var wrong = new ArrayList<String>();
        for (StoredObject object : blobs()) {
            torn(object).ifPresent(wrong::add);
        }
        Optional<StoredObject> pointer = storage.read(pointer());
        if (pointer.isEmpty()) {
            return wrong;
        }
        try {
            var fresh = reader().messages();
            var followed = follower.poll();
            JsonNode now = tree(pointer.get());
            if (isUnmoved(pointer.get()) && !followed.equals(fresh)) {
                wrong.add(name() + ": an open page shows " + followed.keySet() + ", a fresh one " + fresh.keySet());
            }
            before.filter(was -> was.path("epoch").equals(now.path("epoch"))
                            && was.path("seq").asLong() > now.path("seq").asLong())
                    .ifPresent(was ->
                            wrong.add(name() + ": seq went back from " + was.path("seq") + " to " + now.path("seq")));
            before = Optional.of(now);
        } catch (AssertionError | RuntimeException | IOException e) {
            if (isUnmoved(pointer.get())) {
                wrong.add(name() + ": " + e.getMessage());
            }
        }
        return wrong;
    }

    private boolean isUnmoved(StoredObject pointer) {
        return storage.read(pointer())
                .filter(now -> text(now).equals(text(pointer)))
                .isPresent();
    }

    private ObjectKey pointer() {
        return new ObjectKey(slug + "/live.json");
    }

    private static Optional<String> torn(StoredObject object) {
        String key = object.key().value();
        try {
            if (key.endsWith(".json")) {
                tree(object);
            }
            return !key.contains("/i/") || key.contains(sha12(object.bytes()))
                    ? Optional.empty()
                    : Optional.of(key + " holds other bytes than its name says");
        } catch (IOException e) {
            return Optional.of(key + " is torn: " + e.getMessage());
        }
    }

    private static JsonNode tree(StoredObject object) throws IOException {
        return JSON.readTree(object.bytes());
    }

    private static String text(StoredObject object) {
        return new String(object.bytes(), StandardCharsets.UTF_8);
    }

    private static String sha12(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
