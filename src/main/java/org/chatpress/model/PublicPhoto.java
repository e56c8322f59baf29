package org.chatpress.model;

import java.util.Locale;

/**
 * A photo of a public message as readers see it.
 *
 * @param url where it is; the placeholder's while it is loading; empty once it failed. An absolute address, or a path
 *     from the folder that holds channels.json.
 * @param width in pixels, so that pages don't jump when it arrives; the final one from the start
 * @param height in pixels
 * @param alt what it shows, for those who can't see it; may be empty
 * @param caption may be empty
 * @param credit who took it; may be empty
 */
public record PublicPhoto(Status status, String url, int width, int height, String alt, String caption, String credit) {
    /** How far a photo is. */
    public enum Status {
        /** On its way: a placeholder stands for it. */
        LOADING,
        /** Readers can see it. */
        LIVE,
        /** It will not come. */
        FAILED;

        /** As files say it. */
        public String jsonName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
