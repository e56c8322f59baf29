package org.chatpress.model;

import java.util.Locale;

/**
 * A photo of a public message as readers see it.
 *
 * @param url an absolute URL, or a path from the folder of channels.json; the placeholder's URL for a LOADING photo,
 *     empty for a FAILED one
 * @param width in pixels; final even for a LOADING photo, so that pages can reserve the space
 * @param height in pixels, likewise final
 * @param alt the alternative text; may be empty
 * @param caption may be empty
 * @param credit the photographer or agency; may be empty
 */
public record PublicPhoto(Status status, String url, int width, int height, String alt, String caption, String credit) {
    /** Whether readers can see the photo. */
    public enum Status {
        /** Not yet: pages show a placeholder. */
        LOADING,
        /** Readers can see it. */
        LIVE,
        /** It cannot be shown. */
        FAILED;

        /** The name in published files. */
        public String jsonName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
