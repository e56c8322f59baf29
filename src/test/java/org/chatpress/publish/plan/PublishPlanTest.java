package org.chatpress.publish.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.chatpress.publish.plan.PublishPlan.DesiredFile;
import org.chatpress.publish.plan.PublishPlan.Reason;
import org.chatpress.publish.plan.PublishPlan.Upload;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.junit.jupiter.api.Test;

class PublishPlanTest {
    @Test
    void isEmptyWhereEverythingIsThere() {
        PublishPlan plan =
                PublishPlan.of(List.of(file("a/live.json", FileRole.POINTER, Optional.of("new"), true)), Set.of());

        assertThat(plan.uploads()).isEmpty();
    }

    @Test
    void putsNothingBeforeWhatItNames() {
        PublishPlan plan = PublishPlan.of(
                List.of(
                        missing("a.jsonp", FileRole.JSONP),
                        missing("a.json", FileRole.WHOLE),
                        missing("a/live.json", FileRole.POINTER),
                        missing("a/i/x-1.json", FileRole.INDEX),
                        missing("a/i/u-1.json", FileRole.AUTHORS),
                        missing("a/i/p-2.json", FileRole.PAGE),
                        missing("a/i/p-1.json", FileRole.PAGE)),
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
                        missing("a.json", FileRole.WHOLE),
                        missing("a/m/1.html", FileRole.SHARE_PAGE),
                        missing("a/m/2.html", FileRole.SHARE_PAGE),
                        missing("a/feed.json", FileRole.JSON_FEED),
                        missing("a/live.json", FileRole.POINTER),
                        missing("a/i/p-1.json", FileRole.PAGE)),
                Set.of(new ObjectKey("a/m/2.html"), new ObjectKey("a/feed.json"), new ObjectKey("a/i/p-1.json")));

        assertThat(plan.uploads())
                .extracting(upload -> upload.key().value())
                .containsExactly("a/i/p-1.json", "a/live.json", "a/feed.json", "a/m/2.html", "a.json", "a/m/1.html");
    }

    @Test
    void postponesTheOldestSharePagesButNoTakedown() {
        List<DesiredFile> pages = IntStream.range(100, 300)
                .mapToObj(i -> missing("a/m/" + i + ".html", FileRole.SHARE_PAGE))
                .toList();

        PublishPlan plan = PublishPlan.of(pages, Set.of(new ObjectKey("a/m/100.html")));

        assertThat(plan.uploads()).hasSize(101);
        assertThat(plan.uploads().get(0).key()).hasToString("a/m/100.html");
        assertThat(plan.uploads().get(1).key()).hasToString("a/m/200.html");
        assertThat(PublishPlan.of(pages.subList(0, 100), Set.of()).uploads()).hasSize(100);
    }

    @Test
    void saysWhyEachFileIsPut() {
        PublishPlan plan = PublishPlan.of(
                List.of(
                        file("1.json", FileRole.WHOLE, Optional.empty(), false),
                        file("2.json", FileRole.WHOLE, Optional.of("old"), true),
                        file("3.json", FileRole.WHOLE, Optional.empty(), true)),
                Set.of());

        assertThat(plan.uploads())
                .extracting(Upload::reason)
                .containsExactly(Reason.NEW, Reason.CHANGED, Reason.UNCONFIRMED);
    }

    private static DesiredFile missing(String key, FileRole role) {
        return file(key, role, Optional.empty(), false);
    }

    private static DesiredFile file(String key, FileRole role, Optional<String> there, boolean mayBeThere) {
        return new DesiredFile("C0NIGHT", new ObjectKey(key), role, "new", there, mayBeThere);
    }
}
