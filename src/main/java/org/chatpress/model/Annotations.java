package org.chatpress.model;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What editors added to a message, by commands in its thread, by emoji or by the channel's patterns. Texts are plain
 * and may be empty.
 *
 * @param byline shown instead of the author's name
 * @param corrections oldest first
 * @param args flags for the front end, such as a layout
 * @param kwargs named values for the front end, by name
 * @param pinned whether the message stays at the top
 * @param key whether the message is a key event
 */
public record Annotations(
        String headline,
        String byline,
        List<String> tags,
        List<Correction> corrections,
        List<String> args,
        Map<String, String> kwargs,
        boolean pinned,
        boolean key) {
    public static final Annotations NONE =
            new Annotations("", "", List.of(), List.of(), List.of(), Map.of(), false, false);

    public Annotations {
        tags = List.copyOf(tags);
        corrections = List.copyOf(corrections);
        args = List.copyOf(args);
        kwargs = Collections.unmodifiableMap(new TreeMap<>(kwargs));
    }

    /** Adds args and kwargs; a name that has a value keeps it. */
    public Annotations withArgs(List<String> moreArgs, Map<String, String> moreKwargs) {
        var allArgs = new LinkedHashSet<>(args);
        allArgs.addAll(moreArgs);
        var allKwargs = new TreeMap<>(moreKwargs);
        allKwargs.putAll(kwargs);
        return new Annotations(headline, byline, tags, corrections, List.copyOf(allArgs), allKwargs, pinned, key);
    }

    /** A correction that readers see, and when it was made. */
    public record Correction(Instant time, String text) {}
}
