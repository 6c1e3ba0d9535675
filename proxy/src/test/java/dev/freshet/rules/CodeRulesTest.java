package dev.freshet.rules;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import dev.freshet.proxy.Freshet;
import dev.freshet.proxy.upstream.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** Time and chance are parameters, threads wait on locks that can be interrupted, and null is always declared. */
class CodeRulesTest {

    /** Where time and chance come in: the real pace, and the choice of the real clock. */
    private static final Set<String> HOMES_OF_TIME = Set.of(Scheduler.class.getName(), Freshet.class.getName());

    private static final Set<String> TIME_AND_CHANCE = Set.of("java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime", "java.time.Instant.now", "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now", "java.time.OffsetDateTime.now", "java.time.LocalDate.now",
            "java.time.Clock.systemUTC", "java.time.Clock.systemDefaultZone", "java.time.Clock.system",
            "java.time.InstantSource.system", "java.lang.Thread.sleep", "java.util.concurrent.TimeUnit.sleep",
            "java.lang.Math.random", "java.util.concurrent.ThreadLocalRandom.current", "java.util.Random.<init>",
            "java.security.SecureRandom.<init>", "java.util.UUID.randomUUID", "java.util.Date.<init>");

    private static final Pattern SYNCHRONIZED = Pattern.compile("\\bsynchronized\\s*\\(");

    @Test
    void timeAndChanceAreParameters() {
        noClasses().that(new DescribedPredicate<JavaClass>("are no home of time") {

            @Override
            public boolean test(JavaClass type) {
                return !HOMES_OF_TIME.contains(type.getName().replaceFirst("\\$.*", ""));
            }
        }).should().accessTargetWhere(
                new DescribedPredicate<JavaAccess<?>>("time or chance is asked of the system") {

                    @Override
                    public boolean test(JavaAccess<?> access) {
                        AccessTarget target = access.getTarget();
                        return TIME_AND_CHANCE.contains(target.getOwner().getName() + "." + target.getName());
                    }
                }).check(MainClasses.ALL);
    }

    @Test
    void noMethodIsSynchronized() {
        methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED).check(MainClasses.ALL);
    }

    @Test
    void noBlockIsSynchronized() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String module : List.of("config", "cache", "proxy")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    if (SYNCHRONIZED.matcher(Files.readString(file)).find()) {
                        found.add(file);
                    }
                }
            }
        }

        assertThat(found).isEmpty();
    }

    @Test
    void everyPackageDeclaresWhatMayBeNull() throws IOException {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass type : MainClasses.ALL) {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(type.getPackageName());
            }
        }

        assertThat(unmarked).isEmpty();
    }
}
