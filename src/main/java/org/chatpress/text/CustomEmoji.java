package org.chatpress.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The custom emoji of a workspace that readers may see, by name.
 *
 * @param characters of the names that are aliases of Unicode emoji
 * @param images URLs of our copies, never of Slack's images
 */
public record CustomEmoji(Map<String, String> characters, Map<String, String> images) {
    private static final String ALIAS = "alias:";

    public CustomEmoji {
        characters = Map.copyOf(characters);
        images = Map.copyOf(images);
    }

    /** No custom emoji: their names are shown as text. */
    public static CustomEmoji none() {
        return new CustomEmoji(Map.of(), Map.of());
    }

    /**
     * Resolves the aliases of Slack's {@code emoji.list}. Left out are names whose aliases form a circle or end at an
     * unknown name, and images without a copy.
     *
     * @param list Slack's image URL or {@code alias:other}, by name
     * @param copies the URLs of our copies, by Slack's URL
     */
    public static CustomEmoji of(Map<String, String> list, Map<String, String> copies, EmojiTable standard) {
        var characters = new HashMap<String, String>();
        var images = new HashMap<String, String>();
        for (String name : list.keySet()) {
            String resolved = resolve(name, list);
            Optional.ofNullable(list.get(resolved)).map(copies::get).ifPresent(copy -> images.put(name, copy));
            if (!list.containsKey(resolved)) {
                standard.characters(resolved).ifPresent(found -> characters.put(name, found));
            }
        }
        return new CustomEmoji(characters, images);
    }

    /** What the names of {@code emoji.list} resolve to: characters, or the URL of Slack's image. */
    static Map<String, String> resolveAliases(Map<String, String> list, EmojiTable standard) {
        var urls = new HashMap<String, String>();
        originals(list).values().forEach(url -> urls.put(url, url));
        CustomEmoji all = of(list, urls, standard);
        var targets = new HashMap<>(all.images);
        targets.putAll(all.characters);
        return targets;
    }

    /** The standard or custom emoji at the end of each alias of {@code emoji.list}, by the first of its names. */
    static Map<String, String> aliases(Map<String, String> list, EmojiTable standard) {
        var aliases = new HashMap<String, String>();
        list.forEach((name, target) -> {
            if (target.startsWith(ALIAS)) {
                aliases.put(name, standard.canonicalName(resolve(name, list)));
            }
        });
        return aliases;
    }

    /** The images of {@code emoji.list} without its aliases: Slack's URLs by name. */
    static Map<String, String> originals(Map<String, String> list) {
        var originals = new TreeMap<>(list);
        originals.values().removeIf(url -> url.startsWith(ALIAS));
        return originals;
    }

    Optional<String> charactersOf(String name) {
        return Optional.ofNullable(characters.get(name));
    }

    Optional<String> imageOf(String name) {
        return Optional.ofNullable(images.get(name));
    }

    boolean isEmpty() {
        return characters.isEmpty() && images.isEmpty();
    }

    /** The name at the end of a chain of aliases; in a circle, the name of an alias. */
    private static String resolve(String name, Map<String, String> list) {
        Set<String> visited = new HashSet<>();
        String resolved = name;
        while (visited.add(resolved) && list.getOrDefault(resolved, "").startsWith(ALIAS)) {
            resolved = list.get(resolved).substring(ALIAS.length());
        }
        return resolved;
    }
}
