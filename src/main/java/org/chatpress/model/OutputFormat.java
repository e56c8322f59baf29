package org.chatpress.model;

/** A form of a chat that is published beside its JSON, where a channel asks for it. */
public enum OutputFormat {
    /** {@code feed.json}: a JSON Feed of the newest messages. */
    JSON_FEED,
    /** {@code atom.xml}: the same as an Atom feed. */
    ATOM,
    /** {@code liveblogposting.json}: what search engines read. */
    LIVEBLOG,
    /** {@code index.html} and {@code fragment.html}: pages that need no script. */
    HTML,
    /** {@code m/<id>.html}: a page for each message, for those who share it. */
    SHARE_PAGES,
    /** {@code archive.ndjson}: every message, once the chat is over. */
    ARCHIVE
}
