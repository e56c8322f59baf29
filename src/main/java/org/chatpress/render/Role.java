package org.chatpress.render;

/** What a file is to its readers. The order is the order of upload: nothing may name a file that isn't there yet. */
public enum Role {
    PAGE("application/json; charset=utf-8", Role.IMMUTABLE),
    AUTHORS("application/json; charset=utf-8", Role.IMMUTABLE),
    INDEX("application/json; charset=utf-8", Role.IMMUTABLE),
    POINTER("application/json; charset=utf-8", "public, max-age=2, s-maxage=5, stale-if-error=300"),
    WHOLE("application/json; charset=utf-8", Role.WHOLE_CHAT),
    JSONP("application/javascript; charset=utf-8", Role.WHOLE_CHAT),
    CHANNELS("application/json; charset=utf-8", "public, max-age=2, s-maxage=5, stale-if-error=300");

    /** A closed chat's pointer hardly changes any more. */
    static final String CLOSED_POINTER = "public, max-age=300";

    private static final String IMMUTABLE = "public, max-age=3600, s-maxage=60, immutable";
    private static final String WHOLE_CHAT =
            "public, max-age=10, s-maxage=15, stale-while-revalidate=30, stale-if-error=300";

    private final String contentType;
    private final String cacheControl;

    Role(String contentType, String cacheControl) {
        this.contentType = contentType;
        this.cacheControl = cacheControl;
    }

    public String contentType() {
        return contentType;
    }

    public String cacheControl() {
        return cacheControl;
    }

    /** True for files whose name never changes, so that their content must. */
    public boolean isMutable() {
        return compareTo(POINTER) >= 0;
    }
}
