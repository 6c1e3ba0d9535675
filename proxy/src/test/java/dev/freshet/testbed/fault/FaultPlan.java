package dev.freshet.testbed.fault;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The faults that are still to befall requests. Safe for use by several threads. */
public final class FaultPlan {

    private final List<Rule> rules = new CopyOnWriteArrayList<>();

    private record Rule(On on, List<Fault> faults, AtomicInteger matched) {}

    /** From now on these requests meet these faults, applied in this order. */
    public void add(On on, Fault... faults) {
        rules.add(new Rule(on, List.of(faults), new AtomicInteger()));
    }

    /** From now on nothing goes wrong any more; what is already going wrong does so to its end. */
    public void clear() {
        rules.clear();
    }

    /** What befalls this request; every rule that it matches counts it. */
    public List<Fault> draw(Endpoint endpoint, Request request, Optional<Digest> digest) {
        List<Fault> drawn = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.on().matches(endpoint, request, digest)) {
                int n = rule.matched().incrementAndGet();
                if (n >= rule.on().first() && n <= rule.on().last()) {
                    drawn.addAll(rule.faults());
                }
            }
        }
        return drawn;
    }
}
