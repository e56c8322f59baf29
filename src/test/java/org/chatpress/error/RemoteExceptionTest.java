package org.chatpress.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RemoteExceptionTest {
    @Test
    void hasOneFullStopBetweenTheServersWordsAndTheHint() {
        var failure =
                RemoteException.actionRequired("cannot log in: 530 Login with USER and PASS..", "Check both.", null);

        assertThat(failure).hasMessage("cannot log in: 530 Login with USER and PASS");
        assertThat(failure.messageWithHint()).isEqualTo("cannot log in: 530 Login with USER and PASS. Check both.");
    }

    @Test
    void takesAFurtherHint() {
        var failure = RemoteException.actionRequired("cannot delete a", "Allow it.", null)
                .withHint("Delete a.");

        assertThat(failure.kind()).isEqualTo(RemoteException.Kind.ACTION_REQUIRED);
        assertThat(failure.messageWithHint()).isEqualTo("cannot delete a. Allow it. Delete a.");
    }
}
