package org.chatpress.render.json;

import java.util.Set;

/** The kinds of published files, in the order of upload: no file may refer to one that has not been uploaded yet. */
public enum FileRole {
    CLIP("video/mp4", "public, max-age=3600, s-maxage=300"),
    PHOTO("image/jpeg", "public, max-age=3600, s-maxage=300"),
    PICTURE("image/png", "public, max-age=3600, s-maxage=300"),
    PAGE(FileRole.JSON, FileRole.IMMUTABLE),
    AUTHORS(FileRole.JSON, FileRole.IMMUTABLE),
    INDEX(FileRole.JSON, FileRole.IMMUTABLE),
    POINTER(FileRole.JSON, FileRole.FRESH),
    WHOLE(FileRole.JSON, FileRole.SLOW),
    JSONP("application/javascript; charset=utf-8", FileRole.SLOW),
    ARCHIVE("application/x-ndjson; charset=utf-8", FileRole.SLOW),
    JSON_FEED("application/feed+json; charset=utf-8", FileRole.SLOW),
    ATOM("application/atom+xml; charset=utf-8", FileRole.SLOW),
    LIVEBLOG("application/ld+json; charset=utf-8", FileRole.SLOW),
    FRAGMENT("text/html; charset=utf-8", FileRole.SLOW),
    HTML("text/html; charset=utf-8", FileRole.SLOW),
    SHARE_PAGE("text/html; charset=utf-8", FileRole.SLOW),
    CHANNELS(FileRole.JSON, FileRole.FRESH);

    /** Files that hold every message, so that their size grows with the chat. */
    public static final Set<FileRole> WHOLE_CHAT_FILES = Set.of(WHOLE, JSONP, ARCHIVE);

    /** Files that hold the newest messages in other formats. */
    public static final Set<FileRole> NEWEST_FILES = Set.of(JSON_FEED, ATOM, LIVEBLOG, FRAGMENT, HTML);

    /** The Cache-Control of a closed chat's pointer, which rarely changes. */
    public static final String CLOSED_POINTER = "public, max-age=300";

    private static final String JSON = "application/json; charset=utf-8";
    private static final String IMMUTABLE = "public, max-age=3600, s-maxage=60, immutable";
    private static final String FRESH = "public, max-age=2, s-maxage=5, stale-if-error=300";
    private static final String SLOW = "public, max-age=10, s-maxage=15, stale-if-error=300";

    private final String contentType;
    private final String cacheControl;

    FileRole(String contentType, String cacheControl) {
        this.contentType = contentType;
        this.cacheControl = cacheControl;
    }

    public String contentType() {
        return contentType;
    }

    public String cacheControl() {
        return cacheControl;
    }

    /** True for files that keep their name when their content changes; the others are named by their content. */
    public boolean isMutable() {
        return compareTo(POINTER) >= 0;
    }
}
