package org.chatpress.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.chatpress.error.InvalidSettingsException;

/** channels.yml, as editors and operators write it. */
public final class SettingsLoader {
    private SettingsLoader() {}

    /**
     * Reads the file. A relative path in it is relative to the working directory.
     *
     * @param environment the values of {@code ${NAME}}; a value is never part of a problem
     * @throws InvalidSettingsException with every problem of the file, in its order
     */
    public static Settings read(Path file, Map<String, String> environment) {
        return parse(file, text(file), environment);
    }

    static Settings parse(Path file, String text, Map<String, String> environment) {
        var problems = new ConfigProblems();
        if (text.isBlank()) {
            throw unreadable(file, "is empty. Write at least slack, publish and channels.");
        }
        ConfigNode value = new YamlReader(new EnvironmentVariables(environment), problems).read(text);
        Settings settings = SettingsReader.read(value);
        problems.throwProblems(file.toString());
        return settings;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException missing) {
            throw unreadable(file, "there is no such file. Write it, or name another with --config.");
        } catch (CharacterCodingException broken) {
            throw unreadable(file, "is not UTF-8. Save it as UTF-8.");
        } catch (IOException broken) {
            throw unreadable(file, "cannot be read. See that it is a file, and that this user may read it.");
        }
    }

    private static InvalidSettingsException unreadable(Path file, String text) {
        return new InvalidSettingsException(file.toString(), "", text);
    }
}
