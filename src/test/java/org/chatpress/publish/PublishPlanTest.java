package org.chatpress.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.publish.PublishPlan.Reason;
import org.chatpress.publish.PublishPlan.Upload;
import org.chatpress.render.Role;
import org.chatpress.storage.Key;
import org.junit.jupiter.api.Test;

class PublishPlanTest {
    @Test
    void isEmptyWhereEverythingIsThere() {
        PublishPlan plan =
                PublishPlan.of(List.of(file("a/live.json", Role.POINTER, Optional.of("new"), true)), Set.of());

        assertThat(plan.uploads()).isEmpty();
    }

    @Test
    void putsNothingBeforeWhatItNames() {
        PublishPlan plan = PublishPlan.of(
                List.of(
                        missing("a.jsonp", Role.JSONP),
                        missing("a.json", Role.WHOLE),
                        missing("a/live.json", Role.POINTER),
                        missing("a/i/x-1.json", Role.INDEX),
                        missing("a/i/u-1.json", Role.AUTHORS),
                        missing("a/i/p-2.json", Role.PAGE),
                        missing("a/i/p-1.json", Role.PAGE)),
                Set.of());

        assertThat(plan.uploads())
                .extracting(upload -> upload.key().value())
                .containsExactly(
                        "a/i/p-1.json",
                        "a/i/p-2.json",
                        "a/i/u-1.json",
                        "a/i/x-1.json",
                        "a/live.json",
                        "a.json",
                        "a.jsonp");
    }

    @Test
    void saysWhyEachFileIsPut() {
        PublishPlan plan = PublishPlan.of(
                List.of(
                        file("1.json", Role.WHOLE, Optional.empty(), false),
                        file("2.json", Role.WHOLE, Optional.of("old"), true),
                        file("3.json", Role.WHOLE, Optional.empty(), true)),
                Set.of());

        assertThat(plan.uploads())
                .extracting(Upload::reason)
                .containsExactly(Reason.NEW, Reason.CHANGED, Reason.UNSURE);
    }

    private static Wanted missing(String key, Role role) {
        return file(key, role, Optional.empty(), false);
    }

    private static Wanted file(String key, Role role, Optional<String> there, boolean mayBeThere) {
        return new Wanted(new Key(key), role, "new", there, mayBeThere);
    }
}
