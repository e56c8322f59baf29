package org.chatpress.model;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What editors added to a message, by notes in its thread, by emoji or by the channel's patterns. Texts are plain and
 * may be empty.
 *
 * @param byline stands in place of the author's name
 * @param corrections oldest first
 * @param args words for the page, such as a layout
 * @param kwargs likewise, with values; by key
 * @param pinned stays at the top
 * @param key marks a key event
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
    /** Nothing was added. */
    public static final Annotations NONE =
            new Annotations("", "", List.of(), List.of(), List.of(), Map.of(), false, false);

    public Annotations {
        tags = List.copyOf(tags);
        corrections = List.copyOf(corrections);
        args = List.copyOf(args);
        kwargs = Collections.unmodifiableMap(new TreeMap<>(kwargs));
    }

    /** These and more: of a key, the value that is there already stays. */
    public Annotations with(List<String> moreArgs, Map<String, String> moreKwargs) {
        var allArgs = new LinkedHashSet<>(args);
        allArgs.addAll(moreArgs);
        var allKwargs = new TreeMap<>(moreKwargs);
        allKwargs.putAll(kwargs);
        return new Annotations(headline, byline, tags, corrections, List.copyOf(allArgs), allKwargs, pinned, key);
    }

    /** What was wrong, said openly, and when that was said. */
    public record Correction(Instant time, String text) {}
}
