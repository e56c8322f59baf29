package org.chatpress.config;

import java.time.Duration;
import java.util.Optional;

/** {@code photos}: checked like everything else, though this version publishes none. */
final class Photos {
    private Photos() {}

    static void check(Value value) {
        if (!value.isThere()) {
            return;
        }
        Section photos = value.section();
        photos.at("max-width").read(Forms.wholeNumber(16, 10_000), 960);
        photos.at("placeholder").read(url -> Optional.of(Forms.url(url)), Optional.empty());
        boolean beside = photos.at("beside-the-chat").read(Forms::flag, false);
        Value drop = photos.at("drop");
        Value shown = photos.at("shown");
        if (drop.isThere()) {
            Storages.read(drop);
        }
        if (shown.isThere()) {
            checkShown(shown.section());
        }
        photos.nothingElse();

        if (beside && (drop.isThere() || shown.isThere())) {
            value.problem("go beside the chat and into a drop at once. Keep beside-the-chat, or drop and shown.");
        }
        if (!beside && drop.isThere() != shown.isThere()) {
            value.problem("need drop and shown together: where photos go, and where the CMS shows them. Write both.");
        }
        if (!beside && !drop.isThere() && !shown.isThere() && value.isSection()) {
            value.problem("go nowhere. Write beside-the-chat: true, or drop and shown.");
        }
        value.notYet("is not in this version; no photos are published");
    }

    private static void checkShown(Section shown) {
        shown.at("ask").required(Photos::template, "Write the address that tells whether the CMS has photo {id}.");
        shown.at("field").read(Forms::someText, "");
        shown.at("url").required(Photos::template, "Write the address at which the CMS shows a photo.");
        shown.at("patience").read(Forms::duration, Duration.ofSeconds(90));
        shown.nothingElse();
    }

    private static String template(Value value) {
        Forms.url(value, value.text().replaceAll("\\{(id|found|width)}", "0"));
        return value.text();
    }
}
