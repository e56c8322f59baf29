package org.chatpress.interactive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.view.View;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.chatpress.interactive.EditForm.Changes;
import org.chatpress.interactive.EditableMessage.Field;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage.Note;
import org.chatpress.slack.Interaction;
import org.chatpress.slack.Interaction.Kind;
import org.chatpress.slack.SlackInteractionClient;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SocketModeClient.InteractionListener;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests that people make of the app in Slack, on threads of its own, whatever a cycle does. A request is
 * acknowledged at once; only a submitted form waits for its result, which decides whether the form closes. Copies of a
 * request are answered once. If more requests wait than can be answered in time, new ones are turned down.
 */
public final class InteractionHandler implements InteractionListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InteractionHandler.class);

    private static final String WHY = "why";
    private static final String TOO_MANY = "Too many requests at once. ";
    private static final int THREADS = 4;
    private static final int MAX_WAITING = 100;
    private static final int MAX_REMEMBERED = 5_000;

    /** Shorter than the time after which the connection acknowledges by itself. */
    private static final Duration MAX_SUBMISSION_TIME = Duration.ofMillis(2_200);

    private static final Duration HOME_INTERVAL = Duration.ofSeconds(30);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(10);
    private static final int MAX_LOGGED = 100;

    private final ChatReader chats;
    private final EditorPermissions permissions;
    private final SlashCommand command;
    private final MessageExplanation explanation;
    private final HomeTab home;
    private final SlackReader reader;
    private final SlackInteractionClient slack;
    private final ThreadPoolExecutor threads = threads("interactive");

    /** Many clicks must not keep a form from being saved. */
    private final ThreadPoolExecutor submissions = threads("submissions");

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DaemonThreadFactory("app-home"));
    private final Map<String, CompletableFuture<Optional<JsonNode>>> answered = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<Optional<JsonNode>>> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** When each failure was last logged, by its message. */
    private final Map<String, Long> loggedAt = new LinkedHashMap<>();

    /**
     * Answers nothing before {@link #onInteraction} is called.
     *
     * @param settings the current ones; called by several threads
     * @param store only read
     * @param reader for the members of groups of approvers, and for names
     * @param slack closed by the caller
     */
    public InteractionHandler(
            Supplier<Settings> settings, Store store, SlackReader reader, SlackInteractionClient slack, Clock clock) {
        this.reader = reader;
        this.slack = slack;
        this.chats = new ChatReader(settings, store, slack, clock);
        this.permissions = new EditorPermissions(reader, clock);
        this.command = new SlashCommand(chats);
        this.explanation = new MessageExplanation(chats);
        this.home = new HomeTab(chats, permissions, slack);
    }

    /** Keeps the App Home of those up to date who have it open. */
    public void start() {
        // The task reports its own failures.
        Future<?> unused = timer.scheduleWithFixedDelay(
                () -> attempt("the App Home", this::refreshHomes),
                HOME_INTERVAL.toMillis(),
                HOME_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Shows what has changed to those who have the App Home open. */
    public void refreshHomes() {
        home.refresh();
    }

    @Override
    public CompletableFuture<Optional<JsonNode>> onInteraction(Interaction request) {
        var response = new CompletableFuture<Optional<JsonNode>>();
        synchronized (answered) {
            CompletableFuture<Optional<JsonNode>> earlier = answered.putIfAbsent(request.id(), response);
            if (earlier != null) {
                return earlier;
            }
        }
        if (request.kind() == Kind.FORM_SUBMISSION) {
            submit(request, response);
        } else {
            response.complete(execute(threads, () -> answer(request)) ? Optional.empty() : turnedDown(request));
        }
        return response;
    }

    /** Answers the requests that wait, for some seconds at most, and accepts no others. */
    @Override
    public void close() {
        timer.shutdownNow();
        submissions.shutdown();
        threads.shutdown();
        try {
            if (!submissions.awaitTermination(MAX_SUBMISSION_TIME.toMillis(), TimeUnit.MILLISECONDS)
                    || !threads.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.debug("not every request in Slack was answered");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        submissions.shutdownNow();
        threads.shutdownNow();
    }

    private static ThreadPoolExecutor threads(String name) {
        return new ThreadPoolExecutor(
                THREADS,
                THREADS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                new DaemonThreadFactory(name));
    }

    private static boolean execute(ThreadPoolExecutor threads, Runnable task) {
        try {
            threads.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Slack shows the response to a command at once; other requests have none. */
    private static Optional<JsonNode> turnedDown(Interaction request) {
        return request.kind() == Kind.SLASH_COMMAND
                ? Optional.of(JsonNodeFactory.instance
                        .objectNode()
                        .put("response_type", "ephemeral")
                        .put("text", TOO_MANY + "Try again in a minute."))
                : Optional.empty();
    }

    private void answer(Interaction request) {
        attempt(request.toString(), () -> {
            switch (request.kind()) {
                case SLASH_COMMAND -> slack.respond(request, "Live chat", command.answer(request));
                case MESSAGE_SHORTCUT -> answerShortcut(request);
                case HOME_OPENED -> home.open(request.user());
                case FORM_SUBMISSION -> throw new IllegalStateException("submissions have a response");
            }
        });
    }

    private void answerShortcut(Interaction request) {
        Optional<Channel> channel = request.channel().flatMap(chats::channel);
        if (channel.isEmpty() || request.message().isEmpty()) {
            slack.respond(request, "Not a live chat", command.unlisted(request.channel()));
            return;
        }
        MessageTs ts = request.message().get();
        switch (request.name()) {
            case WHY -> slack.respond(request, "Live chat", explanation.of(channel.get(), ts));
            case EditForm.CALLBACK -> openForm(request, channel.get(), ts);
            default -> LOG.debug("unknown shortcut {}", request.name());
        }
    }

    private void openForm(Interaction request, Channel channel, MessageTs ts) {
        EditableMessage message = editable(request.user(), channel, ts);
        View form = message.fields().isEmpty()
                ? EditForm.message(String.join("\n", message.remarks()))
                : EditForm.of(channel, message).view(message);
        try {
            slack.openForm(request, form);
        } catch (RemoteException e) {
            logFailure(request.toString(), e);
            slack.respond(
                    request,
                    "The form could not be opened",
                    text("The form could not be opened. Try again in a minute."));
        }
    }

    private EditableMessage editable(UserId user, Channel channel, MessageTs ts) {
        ApprovalRule rule = channel.approval().rule();
        return EditableMessage.of(chats.store(), channel, ts, user, permissions.role(user, rule), chats.settings());
    }

    // SUBMITTED FORMS

    /** Completes the response before Slack gives up waiting, whatever happens. */
    private void submit(Interaction request, CompletableFuture<Optional<JsonNode>> response) {
        var isStarted = new AtomicBoolean();
        boolean isQueued = execute(submissions, () -> {
            if (isStarted.compareAndSet(false, true)) {
                response.complete(result(request));
            }
        });
        if (!isQueued) {
            response.complete(error(request, TOO_MANY + "Submit it again in a minute."));
            return;
        }
        CompletableFuture.delayedExecutor(MAX_SUBMISSION_TIME.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    boolean isWithdrawn = isStarted.compareAndSet(false, true);
                    response.complete(
                            isWithdrawn
                                    ? error(request, TOO_MANY + "Submit it again in a minute.")
                                    : update(EditForm.message("Slack takes long to save this. Look into the thread: if"
                                            + " there is no new reply after a minute, nothing was saved.")));
                });
    }

    private Optional<JsonNode> result(Interaction request) {
        try {
            return save(request);
        } catch (RemoteException e) {
            logFailure(request.toString(), e);
            return error(
                    request,
                    e.kind() == RemoteException.Kind.TRANSIENT
                            ? "Slack gave no clear answer. Look into the thread: if there is no new reply, submit it again."
                            : "Slack did not accept it, so nothing was saved.");
        } catch (StoreException e) {
            logFailure(request.toString(), e);
            return error(request, "Chatpress cannot read its database, so nothing was saved.");
        } catch (CancellationException e) {
            return error(request, "Chatpress is being restarted. Submit it again in a minute.");
        } catch (RuntimeException e) {
            logBug(request.toString(), e);
            return error(request, "Chatpress failed, so nothing was saved.");
        }
    }

    private Optional<JsonNode> save(Interaction request) {
        Optional<EditForm> form = EditForm.submitted(request.view());
        Optional<Channel> channel = form.map(EditForm::channel).flatMap(chats::channel);
        if (channel.isEmpty()) {
            return update(EditForm.message("This channel is not a live chat any more. Nothing was saved."));
        }
        EditableMessage current =
                editable(request.user(), channel.get(), form.get().ts());
        if (current.fields().isEmpty()) {
            return update(EditForm.message("Nothing was saved. " + String.join("\n", current.remarks())));
        }
        Changes changes = form.get().changes(request.view(), current);
        if (!changes.conflicts().isEmpty()) {
            return update(EditForm.afterConflict(form.get(), current, changes));
        }
        Map<String, String> keys = current.note(changes.values());
        if (!keys.isEmpty()) {
            slack.postNote(
                    channel.get().id(),
                    form.get().ts(),
                    summary(request.user(), current, changes.values(), keys),
                    new Note(request.user(), keys));
        }
        return Optional.empty();
    }

    /** Says in words what a note changes, in plain text. */
    private String summary(UserId user, EditableMessage message, Map<String, String> texts, Map<String, String> keys) {
        var summary = new StringBuilder(name(user) + " changed for readers");
        for (Field field : message.fields()) {
            if (keys.containsKey(field.key())) {
                String text = texts.get(field.key());
                summary.append("\n").append(field.label()).append(": ").append(text.isEmpty() ? "(removed)" : text);
            }
        }
        return summary.toString();
    }

    /** Asks Slack for the name of an editor who has never posted. */
    private String name(UserId user) {
        String known = chats.name(user);
        if (!known.equals(user.value())) {
            return known;
        }
        try {
            return reader.userProfile(user).displayName();
        } catch (RemoteException e) {
            return known;
        }
    }

    private static Optional<JsonNode> update(View view) {
        ObjectNode response = JsonNodeFactory.instance.objectNode().put("response_action", "update");
        response.set("view", Json.parse(SlackInteractionClient.json(view)));
        return Optional.of(response);
    }

    /** Keeps the form open, with what the person typed. */
    private static Optional<JsonNode> error(Interaction request, String text) {
        Optional<EditForm> form = EditForm.submitted(request.view());
        if (form.isEmpty()) {
            return update(EditForm.message(text));
        }
        ObjectNode response = JsonNodeFactory.instance.objectNode().put("response_action", "errors");
        response.putObject("errors").put(form.get().firstBlockId(), text);
        return Optional.of(response);
    }

    private static List<LayoutBlock> text(String mrkdwn) {
        return BlockBuilder.forMessage().section(mrkdwn).build();
    }

    // FAILURES

    private void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (RemoteException | StoreException e) {
            logFailure(what, e);
        } catch (CancellationException e) {
            LOG.debug("not answered, because Chatpress stops: {}", what);
        } catch (RuntimeException e) {
            logBug(what, e);
        }
    }

    /** Logs a failure once in a while, however often it repeats: a thousand clicks must not fill the log. */
    private void logFailure(String what, RuntimeException e) {
        String message = RemoteException.withoutRetryAfter(e.getMessage());
        long now = System.nanoTime();
        synchronized (loggedAt) {
            Long last = loggedAt.get(message);
            if (last != null && now - last < LOG_INTERVAL.toNanos()) {
                return;
            }
            if (loggedAt.size() >= MAX_LOGGED) {
                loggedAt.clear();
            }
            loggedAt.put(message, now);
        }
        LOG.warn(
                "cannot answer in Slack ({}): {}",
                what,
                e instanceof RemoteException remote ? remote.messageWithHint() : message);
    }

    /** Without the exception's message, which may quote what a person wrote. */
    private static void logBug(String what, RuntimeException e) {
        LOG.error("cannot answer in Slack ({}): {} at {}", what, e.getClass().getName(), e.getStackTrace()[0]);
    }
}
