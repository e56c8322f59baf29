package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.slack.SlackMessage;

/**
 * The notes in a thread that hold.
 *
 * @param commands oldest first
 */
public record ThreadCommands(List<ThreadCommand> commands) {
    public static final ThreadCommands NONE = new ThreadCommands(List.of());

    public ThreadCommands {
        commands = commands.stream()
                .sorted(Comparator.comparing(ThreadCommand::ts))
                .toList();
    }

    /** Of a key the newest note holds; empty if there is none, or if it undoes the others. */
    public Optional<ThreadCommand> newest(String key) {
        List<ThreadCommand> all = all(key);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(all.get(all.size() - 1))
                        .filter(command -> !command.value().isEmpty());
    }

    /** Every note of a key, oldest first. */
    public List<ThreadCommand> all(String key) {
        return commands.stream().filter(command -> command.key().equals(key)).toList();
    }

    /** A message with the words of its newest {@code edit:} note in place of its own. */
    SlackMessage withEdits(SlackMessage message) {
        Optional<ThreadCommand> edit = newest(ThreadCommand.EDIT);
        if (edit.isEmpty()) {
            return message;
        }
        ObjectNode copy = message.json().deepCopy();
        copy.remove("blocks");
        copy.put("text", edit.get().value());
        ObjectNode edited = copy.putObject("edited");
        edit.get().author().ifPresent(author -> edited.put("user", author.value()));
        edited.put("ts", edit.get().ts().value());
        return new SlackMessage(message.ts(), copy);
    }
}
