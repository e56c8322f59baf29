package org.chatpress.text.document;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.model.LinkPreview.Kind;

/**
 * What a page can embed of a link when a reader clicks: the service, and what it calls the thing.
 *
 * @param id a YouTube video's; an X post's; {@code handle/post} on Bluesky; {@code host/@author/post} on Mastodon; an
 *     Instagram post's; empty for a plain link
 */
public record Embed(Kind kind, String id) {
    private static final Embed NONE = new Embed(Kind.LINK, "");

    private static final Pattern VIDEO = Pattern.compile("/(?:shorts|live|embed|v)/([A-Za-z0-9_-]{11})/?");
    private static final Pattern SHORT_VIDEO = Pattern.compile("/([A-Za-z0-9_-]{11})/?");
    private static final Pattern VIDEO_QUERY = Pattern.compile("(?:.*&)?v=([A-Za-z0-9_-]{11})(?:&.*)?");
    private static final Pattern X_POST = Pattern.compile("/[A-Za-z0-9_]{1,20}/status(?:es)?/([0-9]{1,20})(?:/.*)?");
    private static final Pattern BLUESKY_POST =
            Pattern.compile("/profile/([A-Za-z0-9.:-]{3,253})/post/([A-Za-z0-9]{1,32})/?");
    private static final Pattern MASTODON_POST =
            Pattern.compile("/(@[A-Za-z0-9_.-]{1,64}(?:@[A-Za-z0-9.-]{3,253})?)/([0-9]{15,20})/?");
    private static final Pattern INSTAGRAM_POST =
            Pattern.compile("(?:/[A-Za-z0-9_.]{1,30})?/(?:p|reel|reels|tv)/([A-Za-z0-9_-]{5,40})/?");

    /** Looks at the address alone. */
    public static Embed of(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() == null || uri.getRawPath() == null ? NONE : of(uri);
        } catch (URISyntaxException broken) {
            return NONE;
        }
    }

    private static Embed of(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT).replaceFirst("^(www|m|mobile|music)\\.", "");
        String path = uri.getRawPath();
        return switch (host) {
            case "youtube.com", "youtube-nocookie.com" ->
                path.equals("/watch") && uri.getRawQuery() != null
                        ? found(Kind.YOUTUBE, VIDEO_QUERY, uri.getRawQuery())
                        : found(Kind.YOUTUBE, VIDEO, path);
            case "youtu.be" -> found(Kind.YOUTUBE, SHORT_VIDEO, path);
            case "x.com", "twitter.com" -> found(Kind.X, X_POST, path);
            case "bsky.app" -> found(Kind.BLUESKY, BLUESKY_POST, path);
            case "instagram.com" -> found(Kind.INSTAGRAM, INSTAGRAM_POST, path);
            default -> mastodon(host, path);
        };
    }

    /** Anybody may run a server; its posts are known by the form of their address. */
    private static Embed mastodon(String host, String path) {
        Embed post = found(Kind.MASTODON, MASTODON_POST, path);
        return post.equals(NONE) ? NONE : new Embed(Kind.MASTODON, host + "/" + post.id());
    }

    private static Embed found(Kind kind, Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            return NONE;
        }
        return new Embed(
                kind, matcher.groupCount() == 1 ? matcher.group(1) : matcher.group(1) + "/" + matcher.group(2));
    }
}
