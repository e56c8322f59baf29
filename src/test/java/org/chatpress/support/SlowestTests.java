package org.chatpress.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Prints the ten slowest tests of a build from Surefire's reports, as the last output of {@code mvn verify}. */
public final class SlowestTests {
    private static final int SHOWN = 10;

    private record TimedTest(String name, double seconds) {}

    private SlowestTests() {}

    /** @param args the folder with the reports */
    public static void main(String[] args) throws IOException, ParserConfigurationException, SAXException {
        List<TimedTest> tests = read(Path.of(args[0]));
        double total = tests.stream().mapToDouble(TimedTest::seconds).sum();
        System.out.printf(Locale.ROOT, "%d tests took %.0f s together; the slowest:%n", tests.size(), total);
        tests.stream()
                .sorted(Comparator.comparingDouble(TimedTest::seconds).reversed())
                .limit(SHOWN)
                .forEach(test -> System.out.printf(Locale.ROOT, "%8.1f s  %s%n", test.seconds(), test.name()));
    }

    private static List<TimedTest> read(Path reports) throws IOException, ParserConfigurationException, SAXException {
        DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        var tests = new ArrayList<TimedTest>();
        for (Path report : xmlFiles(reports)) {
            NodeList cases = parser.parse(report.toFile()).getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                Element test = (Element) cases.item(i);
                String type = test.getAttribute("classname");
                tests.add(new TimedTest(
                        type.substring(type.lastIndexOf('.') + 1) + "." + test.getAttribute("name"),
                        Double.parseDouble(test.getAttribute("time").replace(",", ""))));
            }
        }
        return tests;
    }

    private static List<Path> xmlFiles(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".xml")).toList();
        }
    }
}
