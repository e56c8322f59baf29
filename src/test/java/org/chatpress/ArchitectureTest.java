package org.chatpress;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.cycle.CronSchedule;
import org.chatpress.cycle.CycleScheduler;

/** The packages, what each may see, and which library each is the only one to use. */
@AnalyzeClasses(packages = "org.chatpress", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /** From the top down: a package sees only packages of the rows below its own. */
    private static final List<Set<String>> ROWS = List.of(
            Set.of("cli"),
            Set.of("health"),
            Set.of("cycle"),
            Set.of("poll", "approval", "interactive", "render", "publish", "media", "notify"),
            Set.of("cycle.context"),
            Set.of("store"),
            Set.of("store.sql"),
            Set.of("config"),
            Set.of("poll.plan", "approval.policy", "render.formats", "publish.plan", "media.model", "slackexport"),
            Set.of("render.json", "storage.s3", "storage.ftp"),
            Set.of("slack", "storage", "text", "purge"),
            Set.of("http"),
            Set.of("text.pattern"),
            Set.of("text.document"),
            Set.of("model.slack"),
            Set.of("model", "error"));

    @ArchTest
    static final ArchRule packages_see_only_what_stands_below_them = classes().should(seeOnlyRowsBelow());

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("org.chatpress.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule only_slack_knows_the_slack_sdk = noClasses()
            .that()
            .resideOutsideOfPackages("org.chatpress.slack..", "org.chatpress.interactive..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("com.slack.api..", "okhttp3.."));

    @ArchTest
    static final ArchRule interactive_knows_only_the_block_kit_of_the_slack_sdk = noClasses()
            .that()
            .resideInAPackage("org.chatpress.interactive..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "com.slack.api",
                    "com.slack.api.methods..",
                    "com.slack.api.util..",
                    "okhttp3..",
                    "com.google.gson.."));

    @ArchTest
    static final ArchRule only_s3_and_purges_know_aws = noClasses()
            .that()
            .resideOutsideOfPackages("org.chatpress.storage.s3..", "org.chatpress.purge..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("software.amazon.."));

    @ArchTest
    static final ArchRule only_ftp_knows_commons_net = lives("storage.ftp", "org.apache.commons.net..");

    @ArchTest
    static final ArchRule only_store_knows_sql = lives("store", "java.sql..", "org.sqlite..", "org.postgresql..");

    @ArchTest
    static final ArchRule only_config_knows_yaml = lives("config", "org.yaml..");

    @ArchTest
    static final ArchRule only_text_knows_the_sanitizer = lives("text", "org.owasp..");

    @ArchTest
    static final ArchRule only_patterns_know_re2j = lives("text.pattern", "com.google.re2j..");

    @ArchTest
    static final ArchRule only_media_knows_images =
            lives("media", "javax.imageio..", "java.awt..", "net.coobird..", "com.drew..", "com.twelvemonkeys..");

    @ArchTest
    static final ArchRule only_the_scheduler_knows_quartz = noClasses()
            .that()
            .haveNameNotMatching("%s.*|%s.*"
                    .formatted(
                            Pattern.quote(CycleScheduler.class.getName()), Pattern.quote(CronSchedule.class.getName())))
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.quartz.."));

    @ArchTest
    static final ArchRule only_cli_knows_the_command_line =
            lives("cli", "picocli..", "ch.qos.logback..", "me.tongfei..", "com.sun..");

    @ArchTest
    static final ArchRule only_cli_reads_the_clock_and_the_environment = noClasses()
            .that()
            .resideOutsideOfPackage("org.chatpress.cli..")
            .and()
            .areNotAssignableTo(Main.class)
            .should(askTheSystem());

    private static ArchRule lives(String home, String... libraries) {
        return noClasses()
                .that()
                .resideOutsideOfPackage("org.chatpress." + home + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(libraries));
    }

    private static ArchCondition<JavaClass> seeOnlyRowsBelow() {
        return new ArchCondition<>("see only packages below their own") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                int own = row(type);
                type.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> {
                            JavaClass target = dependency.getTargetClass();
                            return target.getPackageName().startsWith("org.chatpress.")
                                    && !target.getPackageName().equals(type.getPackageName())
                                    && row(target) <= own;
                        })
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    /** Main, above all packages, is in row -1. */
    private static int row(JavaClass type) {
        if (type.getPackageName().equals("org.chatpress")) {
            return -1;
        }
        String name = type.getPackageName().substring("org.chatpress.".length());
        for (int row = 0; row < ROWS.size(); row++) {
            if (ROWS.get(row).contains(name)) {
                return row;
            }
        }
        throw new AssertionError("a package without a row: " + type.getPackageName());
    }

    private static ArchCondition<JavaClass> askTheSystem() {
        return new ArchCondition<>("ask the system for the time or the environment") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream<JavaAccess<?>> accesses = type.getAccessesFromSelf().stream();
                accesses.filter(access -> isSystemCall(access))
                        .forEach(access -> events.add(SimpleConditionEvent.satisfied(type, access.getDescription())));
            }
        };
    }

    private static boolean isSystemCall(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String name = access.getTarget().getName();
        boolean clock = (owner.equals(Clock.class.getName()) && name.startsWith("system"))
                || (owner.equals(Instant.class.getName())
                        && name.equals("now")
                        && Arrays.asList(access.getTarget().getFullName().split("\\("))
                                .get(1)
                                .startsWith(")"));
        boolean system = owner.equals("java.lang.System")
                && Set.of("getenv", "currentTimeMillis", "exit").contains(name);
        return clock || system;
    }
}
