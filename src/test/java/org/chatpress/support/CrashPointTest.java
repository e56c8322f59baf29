package org.chatpress.support;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class CrashPointTest {
    @Test
    void aMethodThatDoesNotExistIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CrashPoint("history", "readHistory"))
                .withMessage("no method readHistory");
    }

    @Test
    void aTypeWhoseMethodsAreUnknownIsRejected() {
        var calls = new CrashPoint("history");

        assertThatIllegalArgumentException().isThrownBy(() -> calls.through(List.class, List.of()));
    }
}
