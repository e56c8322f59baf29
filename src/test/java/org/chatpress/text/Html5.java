package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.jsoup.nodes.Document.OutputSettings;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;

/** Parses HTML like a browser. */
public final class Html5 {
    private Html5() {}

    static Element read(String html) {
        Parser parser = Parser.htmlParser().setTrackErrors(10);
        var document = parser.parseInput("<!DOCTYPE html><title>a chat</title><body>" + html, "https://a.example/");
        assertThat(parser.getErrors()).as(html).isEmpty();
        document.outputSettings(new OutputSettings().prettyPrint(false));
        return document.body();
    }

    /** Fails if the parser finds an error, or prints other elements than the HTML has. */
    public static void assertWellFormed(String html) {
        assertThat(tags(read(html).html())).as(html).isEqualTo(tags(html));
    }

    /** The tags alone: a parser may print text differently. */
    private static String tags(String html) {
        return html.replaceAll(">[^<]*", ">").replaceAll("^[^<]*", "").replace("&amp;", "&");
    }
}
