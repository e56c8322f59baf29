package org.chatpress.interactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.chatpress.support.FakeInteractivity.OpenedForm;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thousand requests in a minute: doubled, late, out of order, and with errors of Slack between them. */
@Timeout(120)
class ManyRequestsTest extends WithEditors {
    @Test
    void aThousandRequestsAreAcknowledgedInTimeAndAnsweredOnceAtMost() throws InterruptedException {
        newsroom.says(approval(""));
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        newsroom.cycle();
        connect();
        OpenedForm form = edits(EDITOR, CHANNEL, ts);
        var random = new Random(16);
        var requests = new ArrayList<JsonNode>();
        for (int i = 0; i < 250; i++) {
            requests.add(people.command(CHANNEL, REPORTER, i % 2 == 0 ? "" : "pending"));
            requests.add(people.shortcut("why", CHANNEL, ts, REPORTER));
            requests.add(people.shortcut("edit", CHANNEL, ts, EDITOR));
            requests.add(people.homeOpened(EDITOR));
        }
        for (int i = 0; i < 10; i++) {
            requests.add(people.submission(EDITOR, form, Map.of("headline", "Headline " + i)));
        }
        requests.addAll(List.copyOf(requests.subList(0, 500)));
        requests.addAll(List.copyOf(requests.subList(1000, 1010)));
        requests.add(
                JsonNodeFactory.instance.objectNode().put("type", "interactive").put("envelope_id", "odd"));
        Collections.shuffle(requests, random);
        for (String method : List.of("views.open", "views.publish", "response_url")) {
            newsroom.faults.next(method, Fault.SERVER_ERROR, Fault.HALF_JSON, Fault.tooMany(1));
        }
        newsroom.faults.next("chat.postMessage", Fault.SERVER_ERROR, Fault.notOk("restricted_action"));

        long begin = System.nanoTime();
        requests.forEach(request -> connection.send(request.toString()));
        String last = newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        newsroom.slack.react(CHANNEL, last, EDITOR, "white_check_mark");
        newsroom.cycle();
        Duration cycle = Duration.ofNanos(System.nanoTime() - begin);
        var acknowledged = new ArrayList<String>();
        for (int i = 0; i < requests.size(); i++) {
            acknowledged.add(socket.acknowledgement());
        }

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins", "Jones concedes");
        assertThat(cycle).isLessThan(Duration.ofSeconds(20));
        assertThat(acknowledged).hasSize(requests.size());
        disconnect();
        assertThat(newsroom.slackServer.calls("response_url")).isPositive().isLessThanOrEqualTo(750);
        assertThat(people.mostResponses()).isEqualTo(1);
        List<String> replies = newsroom.slack.botReplies(CHANNEL, ts);
        assertThat(replies).isNotEmpty();
        assertThat(new HashSet<>(replies)).hasSameSizeAs(replies);
        assertThat(people.forms()).hasSizeLessThanOrEqualTo(90);
    }
}
