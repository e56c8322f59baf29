package org.chatpress.model;

/** A format in which a chat is published besides JSON, if its channel is configured for it. */
public enum OutputFormat {
    /** {@code feed.json}: a JSON Feed of the newest messages. */
    JSON_FEED,
    /** {@code atom.xml}: the same as an Atom feed. */
    ATOM,
    /** {@code liveblogposting.json}: JSON-LD for search engines. */
    LIVEBLOG,
    /** {@code index.html} and {@code fragment.html}: pages that work without JavaScript. */
    HTML,
    /** {@code m/<id>.html}: a page for each message, for links in social media. */
    SHARE_PAGES,
    /** {@code archive.ndjson}: every message, once the chat is closed. */
    ARCHIVE
}
