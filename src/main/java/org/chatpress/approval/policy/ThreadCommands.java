package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ChannelPolicy.AnnotationRules;
import org.chatpress.model.slack.SlackMessage;

/**
 * The commands of one thread that are in effect.
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

    /** Those that the last reviews of a thread's replies put into effect. */
    public static ThreadCommands inEffect(List<MessageSnapshot> replies, AnnotationRules rules) {
        return new ThreadCommands(replies.stream()
                .flatMap(reply -> reply.reviewState().stream()
                        .flatMap(state -> CommandReply.inEffect(reply.message().ts(), state, rules).stream()))
                .toList());
    }

    /** The newest command with a key; empty if there is none, or if its value is empty and so undoes the others. */
    public Optional<ThreadCommand> newest(String key) {
        for (int i = commands.size() - 1; i >= 0; i--) {
            ThreadCommand command = commands.get(i);
            if (command.key().equals(key)) {
                return command.value().isEmpty() ? Optional.empty() : Optional.of(command);
            }
        }
        return Optional.empty();
    }

    /** All commands with a key, oldest first. */
    public List<ThreadCommand> all(String key) {
        return commands.stream().filter(command -> command.key().equals(key)).toList();
    }

    /** The text of the newest command about a photo; empty if there is none, or if its text is empty. */
    public Optional<String> photoText(String key, int number) {
        return all(key).stream()
                .map(ThreadCommand::photoText)
                .filter(described -> described.number() == number)
                .map(ThreadCommand.PhotoText::text)
                .reduce((older, newer) -> newer)
                .filter(text -> !text.isEmpty());
    }

    /** A message with the text of its newest {@code edit:} command in place of its own and its attachments. */
    SlackMessage withEdit(SlackMessage message) {
        Optional<ThreadCommand> edit = newest(ThreadCommand.EDIT);
        if (edit.isEmpty()) {
            return message;
        }
        ObjectNode copy = message.json().deepCopy();
        copy.remove(List.of("blocks", "attachments"));
        copy.put("text", edit.get().value());
        ObjectNode edited = copy.putObject("edited");
        edit.get().author().ifPresent(author -> edited.put("user", author.value()));
        edited.put("ts", edit.get().ts().value());
        return new SlackMessage(message.ts(), copy);
    }
}
