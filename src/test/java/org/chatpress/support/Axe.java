package org.chatpress.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** axe-core, which finds what keeps people from using a page. */
public final class Axe {
    /** An expression: a promise of the rules that the page breaks, each with the HTML of the elements. */
    public static final String VIOLATIONS = violationsIn("html");

    private Axe() {}

    /** The same for a part of the page. */
    public static String violationsIn(String selector) {
        return """
                axe.run("%s").then(({ violations }) =>
                  violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join()))""".formatted(selector);
    }

    /** The script that a page needs for {@link #VIOLATIONS}. */
    public static String script() {
        try (InputStream in = Axe.class.getResourceAsStream("/axe.min.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
