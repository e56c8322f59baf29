package org.chatpress.support;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import nu.validator.checker.jing.CheckerSchema;
import nu.validator.validation.SimpleDocumentValidator;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** The Nu HTML checker, in process and without a network. */
public final class HtmlValidator {
    private static final String HTML = "http://s.validator.nu/html5-rdfalite.rnc";

    private HtmlValidator() {}

    /** What is wrong with a page; empty if nothing is. */
    public static List<String> errors(String html) {
        var errors = new ArrayList<String>();
        var listener = new ErrorHandler() {
            @Override
            public void warning(SAXParseException warning) {}

            @Override
            public void error(SAXParseException error) {
                errors.add("line " + error.getLineNumber() + ": " + error.getMessage());
            }

            @Override
            public void fatalError(SAXParseException error) {
                error(error);
            }
        };
        var checker = new SimpleDocumentValidator(false, false, false);
        var source = new InputSource(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
        source.setEncoding("UTF-8");
        try {
            checker.setUpMainSchema(HTML, listener);
            guessNoLanguages(checker);
            checker.setUpValidatorAndParsers(listener, false, false);
            checker.checkHtmlInputSource(source);
        } catch (IOException | SAXException e) {
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException("the checker could not be set up", e);
        }
        return errors;
    }

    /** The checker would read the profiles of sixty languages, through a Jetty that S3Proxy's newer one displaces. */
    private static void guessNoLanguages(SimpleDocumentValidator checker) throws ReflectiveOperationException {
        Field schema = SimpleDocumentValidator.class.getDeclaredField("langdetectSchema");
        schema.setAccessible(true);
        schema.set(checker, CheckerSchema.ASSERTION_SCH);
    }
}
