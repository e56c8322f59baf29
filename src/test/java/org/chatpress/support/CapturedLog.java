package org.chatpress.support;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the program logs while this is open, at INFO and above unless asked for more; nothing of it is printed. */
public final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("org.chatpress");
    private final Level before = logger.getLevel();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private CapturedLog() {}

    public static CapturedLog open() {
        return open(Level.INFO);
    }

    /** With what only developers read. */
    public static CapturedLog openVerbose() {
        return open(Level.TRACE);
    }

    private static CapturedLog open(Level level) {
        var book = new CapturedLog();
        book.start();
        book.logger.setLevel(level);
        book.logger.setAdditive(false);
        book.logger.addAppender(book);
        return book;
    }

    /** The lines so far that hold this. */
    public List<String> linesWith(String text) {
        return lines.stream().filter(line -> line.contains(text)).toList();
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getLevel() + " " + event.getFormattedMessage());
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(before);
    }
}
