package org.chatpress.text.document;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Decides which URLs become links, and removes the URLs of Slack workspaces from what readers see. */
public final class LinkPolicy {
    /** Replaces the URL of a workspace, which is private and which readers could not open. */
    public static final String NEUTRAL_LABEL = "link";

    private static final String WORD = "slack";
    private static final String STATUS = "status.";
    private static final String APP_URL = "slack://";
    private static final List<String> SLACK_HOSTS =
            List.of("slack.com", "slack-gov.com", "slack-files.com", "slack-edge.com", "slack-imgs.com", APP_URL);

    private LinkPolicy() {}

    /**
     * The URL to link to, with those characters percent-encoded that would end it in plain text.
     *
     * @return empty unless the URL is mailto, tel, or http(s) with a plain host, and does not lead to a workspace
     */
    public static Optional<String> linkTarget(String target) {
        String url = withEncodedSpaces(target);
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c <= ' ' || (c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c)))) {
                return Optional.empty();
            }
        }
        boolean allowed = switch (scheme(url)) {
            case "http", "https" -> hasPlainHost(url);
            // Slack links e-mail addresses and phone numbers that the author typed. Those of profiles never get here.
            case "mailto", "tel" -> true;
            default -> false;
        };
        return allowed && !containsWorkspaceUrl(url) ? Optional.of(encoded(url)) : Optional.empty();
    }

    /** Mail programs and Slack write the subject and body of a mailto URL with spaces. */
    private static String withEncodedSpaces(String url) {
        int query = url.indexOf('?');
        return query > 0 && scheme(url).equals("mailto")
                ? url.substring(0, query) + url.substring(query).replace(" ", "%20")
                : url;
    }

    /** The URL of an image to show; empty unless {@link #linkTarget} permits it and it is http(s). */
    public static Optional<String> imageUrl(String url) {
        return linkTarget(url).filter(safe -> scheme(safe).startsWith("http"));
    }

    /** The text of a link that has no label. */
    public static String label(String url) {
        return switch (scheme(url)) {
            case "mailto", "tel" -> url.substring(url.indexOf(':') + 1);
            default -> url;
        };
    }

    /** True for text that contains the URL of a workspace, or one for Slack's app. */
    public static boolean containsWorkspaceUrl(String text) {
        // Browsers read full-width letters and dots in host names as ASCII.
        String normalized = isAscii(text)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFKC).replace('\u3002', '.');
        return !withoutWorkspaceUrls(normalized).equals(normalized);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** The text with each URL of a workspace replaced by {@link #NEUTRAL_LABEL}. */
    public static String withoutWorkspaceUrls(String text) {
        StringBuilder cleaned = null;
        int from = 0;
        for (int at = nextSlack(text, 0); at >= 0; at = nextSlack(text, at + 1)) {
            int end = workspaceUrlEnd(text, at);
            if (end > 0) {
                cleaned = cleaned == null ? new StringBuilder() : cleaned;
                // The text before may belong to a URL that is already replaced.
                int start = Math.max(from, urlStart(text, at));
                cleaned.append(text, from, start).append(NEUTRAL_LABEL);
                from = end;
                at = end - 1;
            }
        }
        return cleaned == null
                ? text
                : cleaned.append(text, from, text.length()).toString();
    }

    /** The position of the next {@code slack}, ignoring case; -1 for none. */
    private static int nextSlack(String text, int from) {
        for (int at = from; at <= text.length() - WORD.length(); at++) {
            char c = text.charAt(at);
            if ((c == 's' || c == 'S') && text.regionMatches(true, at, WORD, 0, WORD.length())) {
                return at;
            }
        }
        return -1;
    }

    /** The end of the workspace URL whose Slack host, without subdomain, starts at this position; -1 for none. */
    private static int workspaceUrlEnd(String text, int at) {
        Optional<String> slack = slackHostAt(text, at);
        if (slack.isEmpty()) {
            return -1;
        }
        int hostEnd = at + slack.get().length();
        boolean hasSubdomain = at > 1 && text.charAt(at - 1) == '.' && isHostCharacter(text.charAt(at - 2));
        boolean isWholeHost = at == 0 || (!isHostCharacter(text.charAt(at - 1)) && text.charAt(at - 1) != '.');
        if (slack.get().equals(APP_URL)) {
            return isWholeHost ? urlEnd(text, hostEnd) : -1;
        }
        if ((!hasSubdomain && !isWholeHost) || hostContinues(text, hostEnd) || isStatusPage(text, at, slack.get())) {
            return -1;
        }
        // Slack's front page is public; its other pages redirect to workspaces and files.
        int end = urlEnd(text, hostEnd);
        boolean isFrontPage = isWholeHost && end <= hostEnd + 1;
        return isFrontPage ? -1 : end;
    }

    /** True for status.slack.com, where Slack reports outages. It is public, and no workspace has this name. */
    private static boolean isStatusPage(String text, int at, String slackHost) {
        int start = at - STATUS.length();
        boolean startsHost =
                start == 0 || (start > 0 && !isHostCharacter(text.charAt(start - 1)) && text.charAt(start - 1) != '.');
        return startsHost
                && slackHost.equals("slack.com")
                && text.regionMatches(true, start, STATUS, 0, STATUS.length());
    }

    private static Optional<String> slackHostAt(String text, int at) {
        return SLACK_HOSTS.stream()
                .filter(slack -> text.regionMatches(true, at, slack, 0, slack.length()))
                .findFirst();
    }

    /** True for {@code slack.community} and {@code slack.com.example}, but not for a full stop after the host. */
    private static boolean hostContinues(String text, int hostEnd) {
        int next = hostEnd < text.length() && text.charAt(hostEnd) == '.' ? hostEnd + 1 : hostEnd;
        return next < text.length() && isHostCharacter(text.charAt(next));
    }

    private static int urlStart(String text, int at) {
        int start = at;
        while (start > 0 && isUrlCharacter(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    /** The end of the URL with this host, without the punctuation of the sentence around it. */
    private static int urlEnd(String text, int hostEnd) {
        int end = hostEnd;
        while (end < text.length() && isUrlCharacter(text.charAt(end))) {
            end++;
        }
        while (end > hostEnd && ".,:!?".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return end;
    }

    private static boolean isHostCharacter(char c) {
        return Character.isLetterOrDigit(c) || c == '-';
    }

    private static boolean isUrlCharacter(char c) {
        return !Character.isWhitespace(c) && !Character.isSpaceChar(c) && "<>()[]{}|\"'`".indexOf(c) < 0;
    }

    /** The scheme in lower case; empty if there is none. */
    private static String scheme(String url) {
        int colon = url.indexOf(':');
        return colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
    }

    /** False for a URL with user info, whose host is easily mistaken: {@code https://bank.example@elsewhere.example}. */
    private static boolean hasPlainHost(String url) {
        int start = url.indexOf(':') + 3;
        if (!url.startsWith("://", start - 3)) {
            return false;
        }
        int end = start;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return end > start
                && Character.isLetterOrDigit(url.codePointAt(start))
                && url.substring(start, end)
                        .codePoints()
                        .allMatch(c -> Character.isLetterOrDigit(c) || ".-_:".indexOf(c) >= 0);
    }

    /** Browsers accept these characters in a URL; programs that find URLs in plain text may stop at them. */
    private static String encoded(String url) {
        var encoded = new StringBuilder(url.length());
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if ("\"<>\\^`{|}()".indexOf(c) < 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(Integer.toHexString(c));
            }
        }
        return encoded.toString();
    }
}
