package org.chatpress.render.formats;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The rules of RFC 4287 for the elements that our feed uses. */
final class AtomRules {
    private static final String ATOM = "http://www.w3.org/2005/Atom";
    private static final Set<String> FEED_ELEMENTS =
            Set.of("id", "title", "subtitle", "updated", "link", "logo", "author", "entry");
    private static final Set<String> ENTRY_ELEMENTS =
            Set.of("id", "title", "published", "updated", "link", "author", "category", "content");

    private final List<String> violations = new ArrayList<>();

    private AtomRules() {}

    /** The rules that a feed violates. */
    static List<String> violations(String xml) {
        var rules = new AtomRules();
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            rules.feed(factory.newDocumentBuilder()
                    .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                    .getDocumentElement());
        } catch (SAXException e) {
            return List.of("4.1.1 well formed: " + e.getMessage());
        } catch (IOException | ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
        return rules.violations;
    }

    private void feed(Element feed) {
        check(feed.getLocalName().equals("feed") && ATOM.equals(feed.getNamespaceURI()), "4.1.1 the root is a feed");
        children(feed).forEach(child -> {
            check(ATOM.equals(child.getNamespaceURI()), "6.4 no foreign markup: " + child.getNodeName());
            check(FEED_ELEMENTS.contains(child.getLocalName()), "4.1.1 in a feed: " + child.getNodeName());
        });
        once(feed, "id", "title", "updated");
        atMostOnce(feed, "subtitle", "logo");
        common(feed);
        check(children(feed, "link").stream().filter(link -> is(link, "self")).count() <= 1, "4.1.1 one self link");
        List<Element> entries = children(feed, "entry");
        check(
                !children(feed, "author").isEmpty()
                        || entries.stream()
                                .allMatch(entry -> !children(entry, "author").isEmpty()),
                "4.1.1 every entry has an author");
        Set<String> seen = new HashSet<>();
        for (Element entry : entries) {
            entry(entry);
            check(seen.add(text(entry, "id")), "4.2.6 ids are unique");
        }
    }

    private void entry(Element entry) {
        children(entry)
                .forEach(child -> check(
                        ENTRY_ELEMENTS.contains(child.getLocalName()), "4.1.2 in an entry: " + child.getNodeName()));
        once(entry, "id", "title", "updated", "published", "content");
        common(entry);
        for (Element category : children(entry, "category")) {
            check(category.hasAttribute("term"), "4.2.2.1 a category has a term");
        }
        Element content = children(entry, "content").get(0);
        check(content.getAttribute("type").equals("html"), "4.1.3.1 content is html");
        check(children(content).isEmpty(), "4.1.3.3 html is text");
        date(entry, "published");
    }

    private void common(Element element) {
        URI id = URI.create(text(element, "id"));
        check(
                id.isAbsolute()
                        && (id.getScheme().equals("tag") || id.getScheme().equals("urn")),
                "4.2.6 an id is an IRI");
        check(!text(element, "title").isBlank(), "4.2.14 a title is not blank");
        date(element, "updated");
        for (Element author : children(element, "author")) {
            once(author, "name");
            check(!text(author, "name").isBlank(), "3.2.1 a person has a name");
        }
        for (Element link : children(element, "link")) {
            check(URI.create(link.getAttribute("href")).isAbsolute(), "4.2.7.1 a link has an absolute URL");
        }
        check(
                children(element, "link").stream()
                                .filter(link -> is(link, "alternate"))
                                .count()
                        <= 1,
                "4.1.2 one alternate link");
    }

    private void date(Element element, String name) {
        OffsetDateTime.parse(text(element, name));
    }

    private void once(Element element, String... names) {
        for (String name : names) {
            check(children(element, name).size() == 1, "4.1 exactly one " + name);
        }
    }

    private void atMostOnce(Element element, String... names) {
        for (String name : names) {
            check(children(element, name).size() <= 1, "4.1 at most one " + name);
        }
    }

    private void check(boolean holds, String rule) {
        if (!holds) {
            violations.add(rule);
        }
    }

    private static boolean is(Element link, String relation) {
        return link.getAttribute("rel").equals(relation);
    }

    private static String text(Element parent, String name) {
        return children(parent, name).get(0).getTextContent();
    }

    private static List<Element> children(Element parent, String name) {
        return children(parent).stream()
                .filter(child -> child.getLocalName().equals(name))
                .toList();
    }

    private static List<Element> children(Element parent) {
        var children = new ArrayList<Element>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            Node node = nodes.item(i);
            if (node instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }
}
