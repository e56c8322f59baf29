package org.chatpress.model;

import java.util.Locale;

/**
 * A preview of something that a message links to. Any text may be empty; none is markup.
 *
 * @param url where it leads, http or https
 * @param image an https address of a picture that readers' browsers may load, never one of Slack's; else empty
 * @param service the name of the site
 * @param id what the kind calls it, for pages that embed it on a click: a video's id, a post's; empty for a plain link
 */
public record LinkPreview(
        String title, String text, String url, String image, String author, String service, Kind kind, String id) {
    /** What a page can make of it. */
    public enum Kind {
        LINK,
        YOUTUBE,
        X,
        BLUESKY,
        MASTODON,
        INSTAGRAM;

        /** As files say it. */
        public String jsonName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
