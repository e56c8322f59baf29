package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogbackConfiguratorTest {
    @Test
    void everyLineHasItsDateAndUtcOffset() {
        var err = new ByteArrayOutputStream();
        PrintStream real = System.err;
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        String ofTests = System.clearProperty(ClassicConstants.CONFIG_FILE_PROPERTY);
        var context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        try {
            new LogbackConfigurator().configure(context);
            context.getLogger("org.chatpress").info("stopped");
        } finally {
            context.stop();
            System.setErr(real);
            System.setProperty(ClassicConstants.CONFIG_FILE_PROPERTY, ofTests);
        }

        assertThat(err.toString(StandardCharsets.UTF_8))
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d([+-]\\d\\d:\\d\\d|Z) INFO  stopped\\R");
    }
}
