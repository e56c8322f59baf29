package org.chatpress.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.media.model.VideoSettings;
import org.chatpress.storage.Storage.StorageSettings;

/**
 * Reads {@code photos}, which are published beside the chat or uploaded to a CMS that shows them, and {@code videos}, which
 * are published beside the chat.
 */
final class PhotoSettingsReader {
    private PhotoSettingsReader() {}

    /** @param storages where the chat's files are published; the CMS's upload folder must be another place */
    static Optional<PhotoSettings> read(ConfigNode node, List<StorageSettings> storages) {
        if (!node.isPresent()) {
            return Optional.empty();
        }
        Section photos = node.section();
        int maxWidth = photos.get("max-width").read(ValueParsers.integer(16, 10_000), 960);
        Optional<URI> placeholder = photos.get("placeholder").optional(ValueParsers::url);
        boolean besideTheChat = photos.get("beside-the-chat").read(ValueParsers::flag, false);
        ConfigNode drop = photos.get("drop");
        ConfigNode shown = photos.get("shown");
        photos.rejectUnknownKeys();
        Optional<StorageSettings> upload = drop.isPresent() ? StorageSettingsReader.read(drop) : Optional.empty();
        Optional<Cms> cms = shown.isPresent() ? cms(shown.section(), upload) : Optional.empty();

        boolean usesCms = drop.isPresent() || shown.isPresent();
        if (besideTheChat && usesCms) {
            node.problem("conflicting keys: keep either beside-the-chat, or drop and shown");
        } else if (usesCms && !(drop.isPresent() && shown.isPresent())) {
            node.problem(
                    "incomplete: write both drop (where photos are uploaded) and shown (where the CMS shows them)");
        } else if (!besideTheChat && !usesCms && node.isSection()) {
            node.problem("no place for photos: write beside-the-chat: true, or drop and shown");
        }
        boolean isPublished = upload.map(StorageSettingsReader::destination)
                .filter(storages.stream()
                        .map(StorageSettingsReader::destination)
                        .toList()::contains)
                .isPresent();
        if (isPublished) {
            drop.problem("same place as an entry of publish: write the CMS's own upload folder");
        }
        return Optional.of(
                new PhotoSettings(maxWidth, placeholder.map(URI::toString).orElse(""), cms));
    }

    static Optional<VideoSettings> readVideos(ConfigNode node) {
        if (!node.isPresent()) {
            return Optional.empty();
        }
        Section videos = node.section();
        boolean besideTheChat = videos.get("beside-the-chat").read(ValueParsers::flag, false);
        long maxBytes = videos.get("max-size").read(ValueParsers::fileSize, 300 * ValueParsers.MEGABYTE);
        Duration maxLength = videos.get("max-length").read(ValueParsers::interval, Duration.ofMinutes(10));
        int height = videos.get("height").read(ValueParsers.integer(144, 1080), 720);
        videos.rejectUnknownKeys();
        if (!besideTheChat && node.isSection()) {
            node.problem("no place for clips: write beside-the-chat: true");
        }
        return Optional.of(new VideoSettings(maxBytes, maxLength, height));
    }

    private static Optional<Cms> cms(Section shown, Optional<StorageSettings> upload) {
        ConfigNode ask = shown.get("ask");
        ConfigNode url = shown.get("url");
        String lookupUrl = ask.required(
                PhotoSettingsReader::urlTemplate, "write the URL that tells whether the CMS has photo {id}");
        String field = shown.get("field").read(ValueParsers::nonEmptyText, "");
        String imageUrl =
                url.required(PhotoSettingsReader::urlTemplate, "write the URL at which the CMS shows a photo");
        Duration patience = shown.get("patience").read(ValueParsers::duration, Duration.ofSeconds(90));
        shown.rejectUnknownKeys();

        if (lookupUrl != null && !lookupUrl.contains("{id}")) {
            ask.problem("the same URL for every photo: put {id} in place of the photo's ProductID");
        }
        if (imageUrl != null && !imageUrl.contains("{id}") && !imageUrl.contains("{found}")) {
            url.problem("the same URL for every photo: put {found} in place of the CMS's own ID of the photo, or {id}");
        }
        return upload.map(storage -> new Cms(storage, lookupUrl, field, imageUrl, patience));
    }

    private static String urlTemplate(ConfigNode value) {
        ValueParsers.url(value, value.text().replaceAll("\\{(id|found|width)}", "0"));
        return value.text();
    }
}
