package org.chatpress.config;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Members under their keys. It notes which keys are asked for: the others are mistakes. */
final class ConfigSection {
    private final ConfigNode.Location place;
    private final Map<String, ConfigNode> members;
    private final boolean broken;
    private final SortedSet<String> known = new TreeSet<>();

    ConfigSection(ConfigNode.Location place, Map<String, ConfigNode> members, boolean broken) {
        this.place = place;
        this.members = members;
        this.broken = broken;
    }

    /** The member; nothing where the file doesn't say. */
    ConfigNode get(String key) {
        known.add(key);
        ConfigNode there = members.get(key);
        if (there != null) {
            return there;
        }
        ConfigNode.Location absent = place.member(place.line(), key);
        return broken ? ConfigNode.invalid(absent) : ConfigNode.missing(absent);
    }

    /** Reports every member that was never asked for; to be called when all were. */
    void rejectUnknownKeys() {
        members.forEach((key, value) -> {
            if (!known.contains(key)) {
                value.problem(DidYouMean.closest(key, known)
                        .map(near -> "is an unknown key. Did you mean " + near + "?")
                        .orElse("is an unknown key. Known here: " + String.join(", ", known) + "."));
            }
        });
    }

    /** True where something else than a section stands, and its problem is reported. */
    boolean isInvalid() {
        return broken;
    }
}
