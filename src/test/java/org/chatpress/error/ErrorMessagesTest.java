package org.chatpress.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorMessagesTest {
    @ParameterizedTest
    @MethodSource
    void describesWhatWentWrong(IOException e, String message) {
        assertThat(ErrorMessages.describe(e)).isEqualTo(message);
    }

    static Stream<Arguments> describesWhatWentWrong() {
        return Stream.of(
                arguments(new AccessDeniedException("/data/x.lock"), "permission denied"),
                arguments(new NoSuchFileException("/proc/nope"), "/proc/nope does not exist and cannot be created"),
                arguments(new FileAlreadyExistsException("/data"), "/data is not a folder"),
                arguments(new FileSystemException("/data", null, "No space left on device"), "No space left on device"),
                arguments(new UnknownHostException("slack.invalid"), "cannot resolve host slack.invalid"),
                arguments(
                        new UnknownHostException("slack.invalid: Name or service not known"),
                        "cannot resolve host slack.invalid"),
                arguments(new IOException("broken pipe"), "broken pipe"),
                arguments((IOException) new ConnectException().initCause(new IOException("refused")), "refused"),
                arguments(new ClosedChannelException(), "closed channel"));
    }
}
