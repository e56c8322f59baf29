package org.chatpress.media.model;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.chatpress.storage.StorageSettings;

/**
 * What becomes of photos.
 *
 * @param maxWidth in pixels; none is ever enlarged
 * @param placeholder the address of what stands for a photo on its way; may be empty
 * @param cms where they go; empty: beside the chat
 */
public record PhotoSettings(int maxWidth, String placeholder, Optional<Cms> cms) {
    /**
     * A CMS that takes photos from a drop and is asked whether it shows them.
     *
     * @param ask an address with {@code {id}} in it
     * @param field the member of its answer that appears; empty: it is there as soon as the answer is 200
     * @param url where readers find a photo, with {@code {id}}, {@code {found}} and {@code {width}} in it
     * @param patience how long it is asked
     */
    public record Cms(StorageSettings drop, String ask, String field, String url, Duration patience) {
        /** Where the CMS is asked for a photo. */
        public String lookupUrl(String id) {
            return ask.replace("{id}", encoded(id));
        }

        /** @param found what the CMS calls it */
        public String imageUrl(PhotoRecord photo, String found) {
            return url.replace("{id}", encoded(photo.id()))
                    .replace("{width}", String.valueOf(photo.width()))
                    .replace("{found}", encoded(found));
        }

        private static String encoded(String part) {
            return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }
}
