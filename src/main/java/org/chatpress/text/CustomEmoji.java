package org.chatpress.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A workspace's own emoji, as readers may see them.
 *
 * @param characters names that stand for an emoji of Unicode
 * @param images addresses of our own copies by name; never an address of Slack's
 */
public record CustomEmoji(Map<String, String> characters, Map<String, String> images) {
    private static final String ALIAS = "alias:";

    public CustomEmoji {
        characters = Map.copyOf(characters);
        images = Map.copyOf(images);
    }

    /** Where nothing is known of them, every name stays a name. */
    public static CustomEmoji none() {
        return new CustomEmoji(Map.of(), Map.of());
    }

    /**
     * Reads Slack's {@code emoji.list}. An alias stands for what its end stands for; a name that leads in a circle or
     * nowhere is left out.
     *
     * @param list an address of Slack's, or {@code alias:other}, by name
     * @param copies the addresses of our copies, by Slack's address; what isn't there stays a name
     */
    public static CustomEmoji of(Map<String, String> list, Map<String, String> copies, EmojiTable standard) {
        var characters = new HashMap<String, String>();
        var pictures = new HashMap<String, String>();
        for (String name : list.keySet()) {
            String end = end(name, list);
            Optional<String> copy = Optional.ofNullable(list.get(end)).map(copies::get);
            copy.ifPresent(address -> pictures.put(name, address));
            if (!list.containsKey(end)) {
                standard.character(end).ifPresent(character -> characters.put(name, character));
            }
        }
        return new CustomEmoji(characters, pictures);
    }

    /** What the names of {@code emoji.list} stand for in the end: a character, or Slack's address of a picture. */
    static Map<String, String> resolveAliases(Map<String, String> list, EmojiTable standard) {
        var addresses = new HashMap<String, String>();
        originals(list).values().forEach(address -> addresses.put(address, address));
        CustomEmoji all = of(list, addresses, standard);
        var ends = new HashMap<>(all.images);
        ends.putAll(all.characters);
        return ends;
    }

    /** The pictures of {@code emoji.list} to make copies of: Slack's address by name, aliases left out. */
    public static Map<String, String> originals(Map<String, String> list) {
        var originals = new TreeMap<>(list);
        originals.values().removeIf(address -> address.startsWith(ALIAS));
        return originals;
    }

    Optional<String> character(String name) {
        return Optional.ofNullable(characters.get(name));
    }

    Optional<String> image(String name) {
        return Optional.ofNullable(images.get(name));
    }

    boolean isEmpty() {
        return characters.isEmpty() && images.isEmpty();
    }

    /** The name that an alias stands for, through other aliases; in a circle, one that still is an alias. */
    private static String end(String name, Map<String, String> list) {
        Set<String> passed = new HashSet<>();
        String at = name;
        while (passed.add(at) && list.getOrDefault(at, "").startsWith(ALIAS)) {
            at = list.get(at).substring(ALIAS.length());
        }
        return at;
    }
}
