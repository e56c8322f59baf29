package org.chatpress.cli;

import java.util.List;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.config.Settings;
import org.chatpress.media.model.ClipRecord;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.UserId;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.ClosingTime;
import org.chatpress.store.MessageRepository.MessageSummary;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a channel's newest messages, and for each why it is public or not. */
@Command(
        name = "messages",
        description = "Shows a channel's newest messages with their verdicts: chatpress messages election-night")
final class MessagesCommand extends Verb {
    private static final String INDENT = " ".repeat(29);
    private static final int MAX_TEXT = 60;

    @Parameters(paramLabel = "CHANNEL", description = "slug or id of the channel")
    private String channel;

    @Option(names = "--last", paramLabel = "N", defaultValue = "50", description = "how many (default: 50)")
    private int last;

    @Override
    public Integer call() {
        if (last < 1) {
            throw usageError("--last must be at least 1, not " + last + ".");
        }
        Settings settings = readSettings();
        try (Store store = Store.openToRead(settings.database())) {
            ChannelRow row = store.channels().all().stream()
                    .filter(this::isRequested)
                    .findFirst()
                    .orElseThrow(
                            () -> usageError("unknown channel " + channel + ". chatpress status lists the channels."));
            List<MessageSummary> messages = store.messages().newest(row.id(), last);
            messages.forEach(message -> print(message, row, store));
            if (messages.isEmpty()) {
                out().println("no messages stored for " + channel);
            }
        }
        return ChatpressCommand.OK;
    }

    private void print(MessageSummary message, ChannelRow row, Store store) {
        out().printf(
                        "%s  %-9s %s%n%s%s%s: %s%n",
                        message.message().ts(),
                        message.verdict().map(Verdict::name).orElse("NEW"),
                        UserId.replaceAll(reason(message, row), id -> name(id, store)),
                        INDENT,
                        message.message().isReply() ? "> " : "",
                        message.message().author().map(id -> name(id, store)).orElse("?"),
                        shortened(message.message().text()));
        store.photos().of(row.id(), message.message().ts()).forEach(this::print);
        store.clips().of(row.id(), message.message().ts()).stream()
                .filter(ClipRecord::active)
                .forEach(clip ->
                        out().printf("%sclip %s  %s%n", INDENT, clip.file().id(), described(clip.state())));
    }

    private static String reason(MessageSummary message, ChannelRow row) {
        boolean waits = message.verdict().isEmpty() && row.closing().state() == ClosingTime.State.UNKNOWN;
        return waits ? "waits for the time when the chat was closed" : message.reason();
    }

    private void print(PhotoRecord photo) {
        String state = !photo.active() ? "no longer shown; the CMS may still have it" : described(photo.state());
        out().printf("%sphoto %s  %s%n", INDENT, photo.id(), state);
    }

    private static String described(PhotoState state) {
        return state.reason().isEmpty()
                ? state.stage().name()
                : state.stage().name() + ": " + printable(state.reason());
    }

    private boolean isRequested(ChannelRow row) {
        return row.id().value().equals(channel)
                || row.metadata()
                        .filter(metadata -> metadata.slug().value().equals(channel))
                        .isPresent();
    }

    private static String name(UserId id, Store store) {
        return store.users()
                .profile(id)
                .map(UserProfile::displayName)
                .filter(name -> !name.isEmpty())
                .map(MessagesCommand::printable)
                .orElse(id.value());
    }

    private static String shortened(String text) {
        String line = printable(text.replaceAll("\\s+", " "));
        return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT) + "...";
    }

    /** Removes control characters: a message must not send commands to the terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
