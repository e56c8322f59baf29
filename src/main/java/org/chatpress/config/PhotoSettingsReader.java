package org.chatpress.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.storage.StorageSettings;

/** {@code photos}: beside the chat, or into a CMS's drop and from there to where it shows them. */
final class PhotoSettingsReader {
    private PhotoSettingsReader() {}

    /** @param publish where the chat's files go: a CMS's drop is another place */
    static Optional<PhotoSettings> read(ConfigNode value, List<StorageSettings> publish) {
        if (!value.isPresent()) {
            return Optional.empty();
        }
        Section photos = value.section();
        int maxWidth = photos.get("max-width").read(ValueParsers.integer(16, 10_000), 960);
        Optional<URI> placeholder = photos.get("placeholder").optional(ValueParsers::url);
        boolean beside = photos.get("beside-the-chat").read(ValueParsers::flag, false);
        ConfigNode drop = photos.get("drop");
        ConfigNode shown = photos.get("shown");
        Optional<StorageSettings> place = drop.isPresent() ? StorageSettingsReader.read(drop) : Optional.empty();
        Optional<Cms> cms = shown.isPresent() ? shown(shown.section(), place) : Optional.empty();
        photos.rejectUnknownKeys();

        if (beside && (drop.isPresent() || shown.isPresent())) {
            value.problem("go beside the chat and into a drop at once. Keep beside-the-chat, or drop and shown.");
        }
        if (!beside && drop.isPresent() != shown.isPresent()) {
            value.problem("need drop and shown together: where photos go, and where the CMS shows them. Write both.");
        }
        if (!beside && !drop.isPresent() && !shown.isPresent() && value.isSection()) {
            value.problem("go nowhere. Write beside-the-chat: true, or drop and shown.");
        }
        if (place.filter(dropPlace -> publish.stream()
                        .anyMatch(storage ->
                                StorageSettingsReader.place(storage).equals(StorageSettingsReader.place(dropPlace))))
                .isPresent()) {
            drop.problem("is one of the places that readers are served from. Name the CMS's own drop.");
        }
        return Optional.of(
                new PhotoSettings(maxWidth, placeholder.map(URI::toString).orElse(""), cms));
    }

    private static Optional<Cms> shown(Section shown, Optional<StorageSettings> drop) {
        ConfigNode ask = shown.get("ask");
        ConfigNode url = shown.get("url");
        String question = ask.required(
                PhotoSettingsReader::template, "Write the address that tells whether the CMS has photo {id}.");
        String field = shown.get("field").read(ValueParsers::nonEmptyText, "");
        String address =
                url.required(PhotoSettingsReader::template, "Write the address at which the CMS shows a photo.");
        Duration patience = shown.get("patience").read(ValueParsers::duration, Duration.ofSeconds(90));
        shown.rejectUnknownKeys();

        if (question != null && !question.contains("{id}")) {
            ask.problem("asks for no photo in particular. Write {id} where the photo's ProductID belongs.");
        }
        if (address != null && !address.contains("{id}") && !address.contains("{found}")) {
            url.problem("is the same for every photo. Write {found} where the CMS's own name for it belongs, or {id}.");
        }
        return drop.map(place -> new Cms(place, question, field, address, patience));
    }

    private static String template(ConfigNode value) {
        ValueParsers.url(value, value.text().replaceAll("\\{(id|found|width)}", "0"));
        return value.text();
    }
}
