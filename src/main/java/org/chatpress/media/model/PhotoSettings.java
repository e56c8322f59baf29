package org.chatpress.media.model;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.chatpress.storage.Storage.StorageSettings;

/**
 * How photos are processed and published.
 *
 * @param maxWidth in pixels; smaller photos are not enlarged
 * @param placeholder the URL that readers get until a photo is live; may be empty
 * @param cms the CMS that publishes the photos; empty: they are published beside the chat
 */
public record PhotoSettings(int maxWidth, String placeholder, Optional<Cms> cms) {
    /**
     * A CMS that imports photos from an upload folder and says over HTTP which it shows.
     *
     * @param lookupUrlTemplate the URL to look a photo up, with {@code {id}} in it
     * @param idField the member of the JSON response that has the CMS's own id of the photo; empty: any response with
     *     status 200 means that the CMS shows the photo
     * @param imageUrlTemplate the public URL of a photo, with {@code {id}}, {@code {found}} (the CMS's own id) and
     *     {@code {width}} in it
     * @param timeout how long to look for a photo before it fails
     */
    public record Cms(
            StorageSettings uploadFolder,
            String lookupUrlTemplate,
            String idField,
            String imageUrlTemplate,
            Duration timeout) {
        public String lookupUrl(String id) {
            return lookupUrlTemplate.replace("{id}", encoded(id));
        }

        /** @param cmsId the CMS's own id of the photo; it may be a path, as in {@code 12/34/56}, and stays one */
        public String imageUrl(PhotoRecord photo, String cmsId) {
            return imageUrlTemplate
                    .replace("{id}", encoded(photo.id()))
                    .replace(
                            "{width}",
                            String.valueOf(photo.rendition().orElseThrow().width()))
                    .replace("{found}", encoded(cmsId).replace("%2F", "/"));
        }

        private static String encoded(String part) {
            return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }
}
