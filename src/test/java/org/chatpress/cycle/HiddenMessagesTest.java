package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;

import java.nio.file.Path;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Approvals and edits of a message while it is hidden. */
class HiddenMessagesTest {
    @TempDir
    Path folder;

    TestNewsroom newsroom;

    @BeforeEach
    void open() {
        newsroom = new TestNewsroom(folder);
        newsroom.says(TestNewsroom.approval("") + ", private-prefix: \"PRIVATE\"");
    }

    @AfterEach
    void close() {
        newsroom.close();
    }

    @Test
    void aMessageApprovedWhileItWasRejectedComesBack() {
        String ts = rejectedAndApproved();

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "no_entry");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith leads");
    }

    @Test
    void anEditOfARejectedMessageNeedsItsOwnApproval() {
        String ts = rejectedAndApproved();
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Smith is a crook");
        newsroom.cycle();

        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "no_entry");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).isEmpty();

        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Smith is a crook");
    }

    @Test
    void aPrivateMessageThatBecomesPublicNeedsItsOwnApproval() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "PRIVATE who calls Smith?");
        newsroom.cycle();
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "PRIVATE Jones calls Smith");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Jones calls Smith");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).isEmpty();
    }

    private String rejectedAndApproved() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith leads");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "no_entry");
        newsroom.cycle();
        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "white_check_mark");
        newsroom.cycle();
        return ts;
    }
}
