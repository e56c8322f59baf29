package org.chatpress.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.chatpress.error.InvalidSettingsException;

/**
 * The settings of a running Chatpress, which follow their file: what was valid last stays in force while the file is
 * broken or gone.
 */
public final class ReloadingSettings {
    private final Path file;
    private final Map<String, String> environment;
    private final Consumer<Settings> check;
    private Optional<Settings> inForce = Optional.empty();
    private Optional<InvalidSettingsException> problem = Optional.empty();
    private String judged = "";

    /** @param check throws {@link InvalidSettingsException} for what only other rooms can judge; such a file is broken too */
    public ReloadingSettings(Path file, Map<String, String> environment, Consumer<Settings> check) {
        this.file = file;
        this.environment = Map.copyOf(environment);
        this.check = check;
    }

    /**
     * The settings now in force: the same value until the file says something else.
     *
     * @throws InvalidSettingsException if the file was never valid since this was made
     */
    public Settings current() {
        if (inForce.isPresent()) {
            follow();
        } else {
            judged = SettingsLoader.text(file);
            inForce = Optional.of(parsed(judged));
        }
        return inForce.orElseThrow();
    }

    /** What is wrong with the file; handed out once for each broken state of it. */
    public Optional<InvalidSettingsException> problem() {
        Optional<InvalidSettingsException> once = problem;
        problem = Optional.empty();
        return once;
    }

    private void follow() {
        String text;
        try {
            // Read every time: it is small, and a file's size and date may both survive a change.
            text = SettingsLoader.text(file);
        } catch (InvalidSettingsException unreadable) {
            if (!unreadable.getMessage().equals(judged)) {
                judged = unreadable.getMessage();
                problem = Optional.of(unreadable);
            }
            return;
        }
        if (text.equals(judged)) {
            return;
        }
        judged = text;
        try {
            inForce = Optional.of(parsed(text));
            problem = Optional.empty();
        } catch (InvalidSettingsException invalid) {
            problem = Optional.of(invalid);
        }
    }

    private Settings parsed(String text) {
        Settings settings = SettingsLoader.parse(file, text, environment);
        check.accept(settings);
        return settings;
    }
}
