package dev.freshet.testbed.e2e;

import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Prints how long each test took. */
final class Stopwatch implements BeforeTestExecutionCallback, AfterTestExecutionCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Stopwatch.class);

    private final InstantSource clock = InstantSource.system();

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        context.getStore(NAMESPACE).put("start", clock.millis());
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Long start = context.getStore(NAMESPACE).get("start", Long.class);
        Duration taken = Duration.ofMillis(clock.millis() - (start == null ? clock.millis() : start));
        System.out.printf("[e2e] %s.%s %s: %d.%d s%n", context.getRequiredTestClass().getSimpleName(),
                context.getRequiredTestMethod().getName(), context.getDisplayName(), taken.toSeconds(),
                taken.toMillisPart() / 100);
    }
}
