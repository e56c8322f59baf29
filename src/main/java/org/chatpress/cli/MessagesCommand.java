package org.chatpress.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.chatpress.approval.policy.Verdict;
import org.chatpress.config.Settings;
import org.chatpress.config.SettingsLoader;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.UserProfile;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.MessageRepository.MessageSummary;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Why a message is public, or isn't. */
@Command(
        name = "messages",
        description = "Shows a channel's newest messages with their verdicts: chatpress messages election-night",
        mixinStandardHelpOptions = true)
final class MessagesCommand implements Callable<Integer> {
    private static final Pattern USER = Pattern.compile("\\b[UW][A-Z0-9]{2,29}\\b");
    private static final int WORDS = 60;

    @ParentCommand
    private ChatpressCommand chatpress;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CHANNEL", description = "its slug or id")
    private String channel;

    @Option(names = "--last", paramLabel = "N", defaultValue = "50", description = "how many (default: 50)")
    private int last;

    @Override
    public Integer call() {
        if (last < 1) {
            throw ChatpressCommand.usageError(spec, "--last " + last + " is no number of messages. Write 1 or more.");
        }
        Settings settings = SettingsLoader.read(chatpress.config(), Application.environment());
        PrintWriter out = spec.commandLine().getOut();
        try (Store store = Store.openToRead(settings.database())) {
            ChannelRow row = store.channels().all().stream()
                    .filter(this::isMeant)
                    .findFirst()
                    .orElseThrow(() -> ChatpressCommand.usageError(
                            spec, channel + " is no channel that Chatpress knows. chatpress status lists them."));
            for (MessageSummary line : store.messages().newest(row.id(), last)) {
                out.printf(
                        "%s  %-9s %s%n                       %s%s: %s%n",
                        line.message().ts(),
                        line.verdict().map(Verdict::name).orElse("UNREAD"),
                        named(line.reason(), store),
                        line.message().isReply() ? "> " : "",
                        line.message().author().map(id -> name(id, store)).orElse("?"),
                        shortened(line.message().text()));
                store.photos().of(row.id(), line.message().ts()).forEach(photo -> photo(photo, out));
            }
        }
        return ChatpressCommand.OK;
    }

    private static void photo(PhotoRecord photo, PrintWriter out) {
        String reason = photo.state().reason().isEmpty()
                ? ""
                : ": " + printable(photo.state().reason());
        String stage = photo.active() ? photo.stage().name() : "no longer shown; the CMS may have it";
        out.printf("                       photo %s  %s%s%n", photo.id(), stage, photo.active() ? reason : "");
    }

    private boolean isMeant(ChannelRow row) {
        return row.id().value().equals(channel)
                || row.metadata()
                        .filter(metadata -> metadata.slug().value().equals(channel))
                        .isPresent();
    }

    /** People by name, where the store knows one. */
    private static String named(String reason, Store store) {
        return USER.matcher(reason)
                .replaceAll(match -> java.util.regex.Matcher.quoteReplacement(
                        UserId.isValid(match.group()) ? name(new UserId(match.group()), store) : match.group()));
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
        return line.length() <= WORDS ? line : line.substring(0, WORDS) + "...";
    }

    /** What people type must not steer the terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
