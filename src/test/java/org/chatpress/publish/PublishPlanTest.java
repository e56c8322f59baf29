package org.chatpress.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
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
    void replacesWhatMayShowATakenDownTextBeforeAnythingElseThatHangsOnThePointer() {
        PublishPlan plan = PublishPlan.of(
                List.of(
                        missing("a.json", Role.WHOLE),
                        missing("a/m/1.html", Role.SHARE_PAGE),
                        missing("a/m/2.html", Role.SHARE_PAGE),
                        missing("a/feed.json", Role.JSON_FEED),
                        missing("a/live.json", Role.POINTER),
                        missing("a/i/p-1.json", Role.PAGE)),
                Set.of(new Key("a/m/2.html"), new Key("a/feed.json"), new Key("a/i/p-1.json")));

        assertThat(plan.uploads())
                .extracting(upload -> upload.key().value())
                .containsExactly("a/i/p-1.json", "a/live.json", "a/feed.json", "a/m/2.html", "a.json", "a/m/1.html");
    }

    @Test
    void leavesTheOldestSharePagesForALaterTurnButNoDoomedOne() {
        List<Wanted> pages = IntStream.range(100, 300)
                .mapToObj(i -> missing("a/m/" + i + ".html", Role.SHARE_PAGE))
                .toList();

        PublishPlan plan = PublishPlan.of(pages, Set.of(new Key("a/m/100.html")));

        assertThat(plan.uploads()).hasSize(101);
        assertThat(plan.uploads().get(0).key()).hasToString("a/m/100.html");
        assertThat(plan.uploads().get(1).key()).hasToString("a/m/200.html");
        assertThat(PublishPlan.of(pages.subList(0, 100), Set.of()).uploads()).hasSize(100);
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
        return new Wanted("C0NIGHT", new Key(key), role, "new", there, mayBeThere);
    }
}
