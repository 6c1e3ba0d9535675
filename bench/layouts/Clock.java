package layouts;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Wall time and the whole process's CPU time, in seconds since it was made. */
final class Clock {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final long began = System.nanoTime();
    private final long cpuBegan = SYSTEM.getProcessCpuTime();

    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    double cpuSeconds() {
        return (SYSTEM.getProcessCpuTime() - cpuBegan) / 1e9;
    }
}
