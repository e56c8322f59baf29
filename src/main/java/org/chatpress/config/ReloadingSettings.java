package org.chatpress.config;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.chatpress.error.InvalidSettingsException;

/**
 * The settings of a running Chatpress. They follow changes of the file; while the file is invalid or missing, the last
 * valid settings stay in use.
 *
 * <p>Editors may write a file in pieces, and the first piece of YAML is often valid YAML that says less: without
 * {@code hidden: true} at the end of a channel, a hidden chat would be published. So a change counts once two looks, a
 * second apart, find the same content.
 */
public final class ReloadingSettings {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /** A file that keeps changing for so many looks is read as it is. */
    private static final int MAX_LOOKS_AT_START = 10;

    private final Path file;
    private final Map<String, String> environment;
    private final Consumer<Settings> check;
    private final Clock clock;
    private final Pause pause;
    private volatile Optional<Settings> valid = Optional.empty();
    private Optional<InvalidSettingsException> problem = Optional.empty();
    private Look lastLook = new Look("", Optional.empty(), Optional.empty());

    /** Waits between two looks at the file. */
    public interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    /**
     * What one look found.
     *
     * @param seen the text of the file, or the message if it could not be read
     */
    private record Look(
            String seen, Optional<SettingsLoader.Content> content, Optional<InvalidSettingsException> unreadable) {
        static Look at(Path file) {
            try {
                SettingsLoader.Content content = SettingsLoader.load(file);
                return new Look(content.text(), Optional.of(content), Optional.empty());
            } catch (InvalidSettingsException unreadable) {
                return new Look(unreadable.getMessage(), Optional.empty(), Optional.of(unreadable));
            }
        }

        /** The text is compared because a change may leave both the size and the modification time as they were. */
        boolean isSameAs(Look other) {
            return seen.equals(other.seen);
        }
    }

    /**
     * @param check further checks, by packages that this one does not know; throws {@link InvalidSettingsException}
     * @param clock tells whether the file was changed just before it is first read
     */
    public ReloadingSettings(
            Path file, Map<String, String> environment, Consumer<Settings> check, Clock clock, Pause pause) {
        this.file = file;
        this.environment = Map.copyOf(environment);
        this.check = check;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * Reads the file again, and returns the last valid settings: the same object until the file changes. Waits a second
     * if the file has changed.
     *
     * @throws InvalidSettingsException if the file has never been valid
     */
    public Settings current() {
        if (valid.isPresent()) {
            reload();
        } else {
            lastLook = firstLook();
            valid = Optional.of(parse(lastLook));
        }
        return valid.orElseThrow();
    }

    /** What {@link #current} last returned, without reading the file again. Any thread may call this. */
    public Settings last() {
        return valid.orElseThrow();
    }

    /** What is wrong with the file. Each invalid version of the file is returned once. */
    public Optional<InvalidSettingsException> problem() {
        Optional<InvalidSettingsException> once = problem;
        problem = Optional.empty();
        return once;
    }

    private Look firstLook() {
        Look look = Look.at(file);
        for (int looks = 1; looks < MAX_LOOKS_AT_START && isFresh(look) && isPauseOver(); looks++) {
            Look again = Look.at(file);
            if (again.isSameAs(look)) {
                return again;
            }
            look = again;
        }
        return look;
    }

    private boolean isFresh(Look look) {
        return look.content()
                .map(content ->
                        Duration.between(content.modifiedAt(), clock.instant()).abs())
                .filter(age -> age.compareTo(BETWEEN_LOOKS) < 0)
                .isPresent();
    }

    private void reload() {
        Look look = Look.at(file);
        if (look.isSameAs(lastLook) || !isPauseOver()) {
            return;
        }
        Look again = Look.at(file);
        if (!again.isSameAs(look)) {
            // Still being written.
            return;
        }
        lastLook = again;
        try {
            valid = Optional.of(parse(again));
            problem = Optional.empty();
        } catch (InvalidSettingsException invalid) {
            problem = Optional.of(invalid);
        }
    }

    /** False if the program is to end. */
    private boolean isPauseOver() {
        try {
            pause.sleep(BETWEEN_LOOKS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Settings parse(Look look) {
        if (look.unreadable().isPresent()) {
            throw look.unreadable().get();
        }
        Settings settings = SettingsLoader.parse(file, look.content().orElseThrow(), environment);
        check.accept(settings);
        return settings;
    }
}
