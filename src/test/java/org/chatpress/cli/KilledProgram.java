package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.chatpress.support.Program;

/**
 * {@code chatpress run} as a process that is killed once at each of some stages, and started again after each kill.
 *
 * @param <S> the stages
 */
final class KilledProgram<S> implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final long POLL_MILLIS = 50;

    private final Program chatpress;
    private final List<S> kills;
    private final List<S> killed = new CopyOnWriteArrayList<>();
    private int starts;
    private Process process;

    /** @param kills the stages at which the process is to be killed; {@link #kill} is called when it reaches one */
    KilledProgram(Program chatpress, List<S> kills) {
        this.chatpress = chatpress;
        this.kills = List.copyOf(kills);
    }

    synchronized void start() {
        starts++;
        process = chatpress.start("run");
    }

    /** Returns once the process is gone; does nothing at a stage at which it was killed before. */
    synchronized void kill(S stage) {
        if (!killed.contains(stage)) {
            killed.add(stage);
            process.destroyForcibly();
            Program.endsWithin(process, TIMEOUT.toMillis());
        }
    }

    boolean hasKillsLeft() {
        return starts <= kills.size();
    }

    /** Waits for the next kill, and starts the process again; does nothing after the last one. */
    void restartAfterKill() {
        if (hasKillsLeft()) {
            boolean hasEnded = Program.endsWithin(process, TIMEOUT.toMillis());
            assertThat(killed)
                    .as(() -> "stages at which it was killed: " + chatpress.output())
                    .hasSize(starts);
            assertThat(hasEnded).isTrue();
            start();
        }
    }

    /** The stages at which it was killed, oldest first. */
    List<S> killed() {
        return List.copyOf(killed);
    }

    /** The process that was started last. */
    Process process() {
        return process;
    }

    /** What all processes have said so far. */
    String output() {
        return chatpress.output();
    }

    /** Waits while the process runs. */
    void await(String what, BooleanSupplier condition) {
        Instant end = Instant.now().plus(TIMEOUT);
        while (!condition.getAsBoolean()) {
            boolean hasEnded = Program.endsWithin(process, POLL_MILLIS);
            assertThat(hasEnded || Instant.now().isAfter(end))
                    .as(() -> "waiting for " + what + " after kills in " + kills + ": " + chatpress.output())
                    .isFalse();
        }
    }

    /** Stops the process as an operator does; it must end well. */
    void stop() {
        process.destroy();
        assertThat(Program.endsWithin(process, TIMEOUT.toMillis())).isTrue();
        assertThat(process.exitValue()).as(chatpress::output).isEqualTo(ChatpressCommand.OK);
    }

    @Override
    public synchronized void close() {
        process.destroyForcibly();
    }
}
