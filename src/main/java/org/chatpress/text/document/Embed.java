package org.chatpress.text.document;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.model.PublicMessage.LinkPreview.Kind;

/**
 * The post or video that a link leads to, for pages that embed it.
 *
 * @param kind the service; LINK for a link that cannot be embedded
 * @param id the id of the YouTube video, X post or Instagram post; {@code handle/post} on Bluesky; {@code
 *     host/@author/post} on Mastodon; empty for LINK
 */
public record Embed(Kind kind, String id) {
    private static final Embed NONE = new Embed(Kind.LINK, "");

    private static final Pattern VIDEO = Pattern.compile("/(?:shorts|live|embed|v)/([A-Za-z0-9_-]{11})/?");
    private static final Pattern SHORT_VIDEO = Pattern.compile("/([A-Za-z0-9_-]{11})/?");
    private static final Pattern VIDEO_QUERY = Pattern.compile("(?:.*&)?v=([A-Za-z0-9_-]{11})(?:&.*)?");
    private static final Pattern X_POST =
            Pattern.compile("/(?:[A-Za-z0-9_]{1,20}|i/web)/status(?:es)?/([0-9]{1,20})(?:/.*)?");
    private static final Pattern BLUESKY_POST =
            Pattern.compile("/profile/([A-Za-z0-9.:-]{3,253})/post/([A-Za-z0-9]{1,32})/?");
    private static final Pattern MASTODON_POST =
            Pattern.compile("/(@[A-Za-z0-9_.-]{1,64}(?:@[A-Za-z0-9.-]{3,253})?)/([0-9]{15,20})/?");
    private static final Pattern INSTAGRAM_POST =
            Pattern.compile("(?:/[A-Za-z0-9_.]{1,30})?/(?:p|reel|reels|tv)/([A-Za-z0-9_-]{5,40})/?");

    /** Recognizes a service by the form of the URL; nothing is fetched. */
    public static Embed of(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() == null || uri.getRawPath() == null ? NONE : of(uri);
        } catch (URISyntaxException e) {
            return NONE;
        }
    }

    private static Embed of(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT).replaceFirst("^(www|m|mobile|music)\\.", "");
        String path = uri.getRawPath();
        return switch (host) {
            case "youtube.com", "youtube-nocookie.com" ->
                path.equals("/watch") && uri.getRawQuery() != null
                        ? match(Kind.YOUTUBE, VIDEO_QUERY, uri.getRawQuery())
                        : match(Kind.YOUTUBE, VIDEO, path);
            case "youtu.be" -> match(Kind.YOUTUBE, SHORT_VIDEO, path);
            case "x.com", "twitter.com" -> match(Kind.X, X_POST, path);
            case "bsky.app" -> match(Kind.BLUESKY, BLUESKY_POST, path);
            case "instagram.com" -> match(Kind.INSTAGRAM, INSTAGRAM_POST, path);
            default -> mastodon(host, path);
        };
    }

    /** Mastodon servers have any host name; a post is recognized by its path. */
    private static Embed mastodon(String host, String path) {
        Embed post = match(Kind.MASTODON, MASTODON_POST, path);
        return post.equals(NONE) ? NONE : new Embed(Kind.MASTODON, host + "/" + post.id());
    }

    private static Embed match(Kind kind, Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            return NONE;
        }
        return new Embed(
                kind, matcher.groupCount() == 1 ? matcher.group(1) : matcher.group(1) + "/" + matcher.group(2));
    }
}
