package org.chatpress.text.document;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Decides which addresses become links, and hides those of a Slack workspace. */
public final class LinkPolicy {
    /** Stands for the address of a workspace, which readers could not open and need not know. */
    public static final String NEUTRAL_LABEL = "link";

    private static final String WORD = "slack";
    private static final String APP = "slack://";
    private static final List<String> SLACK =
            List.of("slack.com", "slack-gov.com", "slack-files.com", "slack-edge.com", "slack-imgs.com", APP);

    private LinkPolicy() {}

    /** The address as it may stand in a link; empty if it leads nowhere that a reader should go. */
    public static Optional<String> linkTarget(String address) {
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (c <= ' ' || (c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c)))) {
                return Optional.empty();
            }
        }
        boolean allowed = switch (scheme(address)) {
            case "http", "https" -> hasPlainHost(address);
            // Slack makes these of addresses and numbers that somebody typed into the message, so they are
            // its content. Profiles, where addresses would leak, never reach the text.
            case "mailto", "tel" -> true;
            default -> false;
        };
        return allowed && !containsWorkspaceUrl(address) ? Optional.of(encoded(address)) : Optional.empty();
    }

    /** The address of a picture as it may stand in a page; empty if it is none of the web, or one of Slack's own. */
    public static Optional<String> imageUrl(String address) {
        return linkTarget(address).filter(safe -> scheme(safe).startsWith("http"));
    }

    /** What to show of an address that has no label. */
    public static String label(String address) {
        return switch (scheme(address)) {
            case "mailto", "tel" -> address.substring(address.indexOf(':') + 1);
            default -> address;
        };
    }

    /** True for a text that holds an address in a workspace, or in Slack's app. */
    public static boolean containsWorkspaceUrl(String text) {
        // Browsers read full-width letters and dots in host names as the plain ones.
        String plain = isAscii(text)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFKC).replace('\u3002', '.');
        return !withoutWorkspaceUrls(plain).equals(plain);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** The text with each address of a workspace replaced by a neutral word. */
    public static String withoutWorkspaceUrls(String text) {
        StringBuilder kept = null;
        int from = 0;
        for (int at = nextSlack(text, 0); at >= 0; at = nextSlack(text, at + 1)) {
            int end = workspaceEnd(text, at);
            if (end > 0) {
                kept = kept == null ? new StringBuilder() : kept;
                // What came before may be part of an address that is already replaced.
                int start = Math.max(from, addressStart(text, at));
                kept.append(text, from, start).append(NEUTRAL_LABEL);
                from = end;
                at = end - 1;
            }
        }
        return kept == null ? text : kept.append(text, from, text.length()).toString();
    }

    /** Where the word next stands, in any capitals; -1 if it doesn't. */
    private static int nextSlack(String text, int from) {
        for (int at = from; at <= text.length() - WORD.length(); at++) {
            char c = text.charAt(at);
            if ((c == 's' || c == 'S') && text.regionMatches(true, at, WORD, 0, WORD.length())) {
                return at;
            }
        }
        return -1;
    }

    /** Where the workspace's address ends of which Slack's part begins here; -1 if none does. */
    private static int workspaceEnd(String text, int at) {
        Optional<String> slack = slackAt(text, at);
        if (slack.isEmpty()) {
            return -1;
        }
        int hostEnd = at + slack.get().length();
        boolean subdomain = at > 1 && text.charAt(at - 1) == '.' && isHostCharacter(text.charAt(at - 2));
        boolean whole = at == 0 || (!isHostCharacter(text.charAt(at - 1)) && text.charAt(at - 1) != '.');
        if (slack.get().equals(APP)) {
            return whole ? addressEnd(text, hostEnd) : -1;
        }
        if ((!subdomain && !whole) || hostGoesOn(text, hostEnd)) {
            return -1;
        }
        // Slack's own front page is no secret; below it are redirects to workspaces and files.
        int end = addressEnd(text, hostEnd);
        boolean frontPage = whole && end <= hostEnd + 1;
        return frontPage ? -1 : end;
    }

    private static Optional<String> slackAt(String text, int at) {
        return SLACK.stream()
                .filter(slack -> text.regionMatches(true, at, slack, 0, slack.length()))
                .findFirst();
    }

    /** True for {@code slack.community} and {@code slack.com.example}, but not at the end of a sentence. */
    private static boolean hostGoesOn(String text, int hostEnd) {
        int next = hostEnd < text.length() && text.charAt(hostEnd) == '.' ? hostEnd + 1 : hostEnd;
        return next < text.length() && isHostCharacter(text.charAt(next));
    }

    private static int addressStart(String text, int at) {
        int start = at;
        while (start > 0 && isAddressCharacter(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    /** Where the address that goes on behind its host ends: before a space, and before the sentence's own marks. */
    private static int addressEnd(String text, int hostEnd) {
        int end = hostEnd;
        while (end < text.length() && isAddressCharacter(text.charAt(end))) {
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

    private static boolean isAddressCharacter(char c) {
        return !Character.isWhitespace(c) && !Character.isSpaceChar(c) && "<>()[]{}|\"'`".indexOf(c) < 0;
    }

    /** The scheme in lower case; empty if there is none. */
    private static String scheme(String address) {
        int colon = address.indexOf(':');
        return colon < 0 ? "" : address.substring(0, colon).toLowerCase(Locale.ROOT);
    }

    /** False where a name stands before the host, too: {@code https://bank.example@elsewhere.example}. */
    private static boolean hasPlainHost(String address) {
        int start = address.indexOf(':') + 3;
        if (!address.startsWith("://", start - 3)) {
            return false;
        }
        int end = start;
        while (end < address.length() && "/?#".indexOf(address.charAt(end)) < 0) {
            end++;
        }
        return end > start
                && Character.isLetterOrDigit(address.codePointAt(start))
                && address.substring(start, end)
                        .codePoints()
                        .allMatch(c -> Character.isLetterOrDigit(c) || ".-_:".indexOf(c) >= 0);
    }

    /** Browsers accept these characters in an address, but not every program that finds it in a text does. */
    private static String encoded(String address) {
        var encoded = new StringBuilder(address.length());
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if ("\"<>\\^`{|}()".indexOf(c) < 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(Integer.toHexString(c));
            }
        }
        return encoded.toString();
    }
}
