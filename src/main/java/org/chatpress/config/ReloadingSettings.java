package org.chatpress.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.chatpress.error.InvalidSettingsException;

/**
 * The settings of a running Chatpress. They follow changes of the file; while the file is invalid or missing, the last
 * valid settings stay in use.
 */
public final class ReloadingSettings {
    private final Path file;
    private final Map<String, String> environment;
    private final Consumer<Settings> check;
    private Optional<Settings> valid = Optional.empty();
    private Optional<InvalidSettingsException> problem = Optional.empty();

    /** The text of the file when it was last read, or the message if it could not be read. */
    private String lastRead = "";

    /**
     * @param check further checks, by packages that this one does not know; throws {@link InvalidSettingsException}
     */
    public ReloadingSettings(Path file, Map<String, String> environment, Consumer<Settings> check) {
        this.file = file;
        this.environment = Map.copyOf(environment);
        this.check = check;
    }

    /**
     * Reads the file again, and returns the last valid settings: the same object until the file changes.
     *
     * @throws InvalidSettingsException if the file has never been valid
     */
    public Settings current() {
        if (valid.isPresent()) {
            reload();
        } else {
            SettingsLoader.Content content = SettingsLoader.load(file);
            lastRead = content.text();
            valid = Optional.of(parse(content));
        }
        return valid.orElseThrow();
    }

    /** What is wrong with the file. Each invalid version of the file is returned once. */
    public Optional<InvalidSettingsException> problem() {
        Optional<InvalidSettingsException> once = problem;
        problem = Optional.empty();
        return once;
    }

    private void reload() {
        SettingsLoader.Content content;
        try {
            // The text is compared because a change may leave both the size and the modification time as they were.
            content = SettingsLoader.load(file);
        } catch (InvalidSettingsException unreadable) {
            if (!unreadable.getMessage().equals(lastRead)) {
                lastRead = unreadable.getMessage();
                problem = Optional.of(unreadable);
            }
            return;
        }
        if (content.text().equals(lastRead)) {
            return;
        }
        lastRead = content.text();
        try {
            valid = Optional.of(parse(content));
            problem = Optional.empty();
        } catch (InvalidSettingsException invalid) {
            problem = Optional.of(invalid);
        }
    }

    private Settings parse(SettingsLoader.Content content) {
        Settings settings = SettingsLoader.parse(file, content, environment);
        check.accept(settings);
        return settings;
    }
}
