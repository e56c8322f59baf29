package org.chatpress.approval.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.chatpress.approval.policy.ChannelPolicy.AnnotationRules;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ReviewState.EditorReaction;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Note;

/**
 * A reply that consists of thread commands: one command that was typed, or those of a {@link Note}. One decision covers
 * all of them.
 *
 * @param author empty if Slack names no author
 * @param commands none if the keys of a note have no meaning
 */
record CommandReply(Optional<UserId> author, List<ThreadCommand> commands) {
    private static final Pattern PHOTO_KEY = Pattern.compile("(alt|caption|credit)-([1-9][0-9]{0,2})");

    CommandReply {
        commands = List.copyOf(commands);
    }

    /** Parses a reply; empty if it is an ordinary one. A note is never an ordinary reply, whatever its text. */
    static Optional<CommandReply> parse(SlackMessage reply, AnnotationRules rules) {
        if (reply.root().isEmpty()) {
            return Optional.empty();
        }
        return reply.note()
                .map(note -> new CommandReply(Optional.of(note.by()), commands(reply, note, rules)))
                .or(() -> ThreadCommand.parse(reply, rules)
                        .map(command -> new CommandReply(command.author(), List.of(command))));
    }

    private static List<ThreadCommand> commands(SlackMessage reply, Note note, AnnotationRules rules) {
        var commands = new ArrayList<ThreadCommand>();
        for (Map.Entry<String, String> entry : note.keys().entrySet()) {
            String key = entry.getKey();
            Matcher photo = PHOTO_KEY.matcher(key);
            if (photo.matches()) {
                String value = photo.group(2) + ": " + entry.getValue();
                commands.add(new ThreadCommand(reply.ts(), reply.author(), photo.group(1), value));
            } else if (ThreadCommand.KEYS.contains(key) || rules.kwargs().contains(key)) {
                commands.add(new ThreadCommand(
                        reply.ts(), reply.author(), key, entry.getValue().strip()));
            }
        }
        return commands;
    }

    /** The commands that the last review of a reply put into effect. */
    static List<ThreadCommand> inEffect(MessageTs ts, ReviewState state, AnnotationRules rules) {
        return state.verdict() != Verdict.COMMAND
                ? List.of()
                : state.approved()
                        .flatMap(approved -> parse(new SlackMessage(ts, approved), rules))
                        .map(CommandReply::commands)
                        .orElse(List.of());
    }

    /** For reasons: {@code headline}, or {@code headline, edit}. */
    String label() {
        return commands.isEmpty()
                ? "note"
                : commands.stream().map(ThreadCommand::key).distinct().collect(Collectors.joining(", "));
    }

    /** True if the author of the message may use all commands without being an approver. */
    boolean isAboutPhotos() {
        return commands.stream().allMatch(ThreadCommand::isAboutPhotos);
    }

    /** True if readers see words that they would not see without the reply. */
    boolean bringsWords() {
        return commands.stream().anyMatch(ThreadCommand::bringsWords);
    }

    /** True if a command takes yes or no, and has another value. */
    boolean isUnclear() {
        return commands.stream().anyMatch(ThreadCommand::isUnclear);
    }

    /** Stands for the reply's author among the reactions of a {@link ReviewState}; no emoji has a colon. */
    EditorReaction reactionOf(UserId user) {
        return new EditorReaction(user, (commands.size() == 1 ? commands.get(0).key() : "note") + ":");
    }
}
