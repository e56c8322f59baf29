package org.chatpress.model;

import java.util.Locale;

/**
 * A preview of a link in a message. All texts are plain and may be empty.
 *
 * @param url the http or https URL of the link
 * @param image the https URL of an image that readers' browsers may load, never one of Slack's; may be empty
 * @param service the name of the site
 * @param id the id of the video or post, for pages that embed it; empty for a LINK
 */
public record LinkPreview(
        String title, String text, String url, String image, String author, String service, Kind kind, String id) {
    /** What the link leads to. */
    public enum Kind {
        LINK,
        YOUTUBE,
        X,
        BLUESKY,
        MASTODON,
        INSTAGRAM;

        /** The name in published files. */
        public String jsonName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
