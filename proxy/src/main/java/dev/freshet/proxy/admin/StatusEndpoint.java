package dev.freshet.proxy.admin;

import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.proxy.admin.Api.ApiAnswer;
import dev.freshet.proxy.admin.Api.ApiRequest;
import dev.freshet.proxy.admin.Api.Endpoint;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.upstream.auth.GuardedCredentials.RefusedCredentials;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET status}: the version, the uptime, and the state of store, fills and upstreams. It sends no requests. */
public final class StatusEndpoint implements Endpoint {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String version;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Supplier<Readiness> readiness;
    private final Supplier<StoreSpace> space;
    private final ContentCache cache;
    private final Registries registries;

    /** The endpoint of a proxy that starts now. */
    public StatusEndpoint(String version, InstantSource clock, Supplier<Readiness> readiness,
            Supplier<StoreSpace> space, ContentCache cache, Registries registries) {
        this.version = version;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.readiness = readiness;
        this.space = space;
        this.cache = cache;
        this.registries = registries;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "status";
    }

    @Override
    public ApiAnswer answer(ApiRequest request) {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", version).put("startedAt", startedAt.toString()).put("uptimeSeconds",
                Math.max(0, Duration.between(startedAt, clock.instant()).toSeconds()));
        switch (readiness.get()) {
            case Readiness.Ready() -> json.put("readiness", "ready");
            case Readiness.Degraded(String what) -> json.put("readiness", "degraded").put("degraded", what);
            case Readiness.Stopping() -> json.put("readiness", "stopping");
        }
        StoreSpace store = space.get();
        json.putObject("store").put("writable", store.writable()).put("bytes", store.used()).put("limitBytes",
                store.limit());
        json.putObject("fills").put("active", cache.fills()).put("readers", cache.fillReaders());
        ArrayNode all = json.putArray("upstreams");
        registries.health().forEach((name, health) -> {
            ObjectNode upstream = all.addObject().put("upstream", name.value());
            put(upstream, health);
            put(upstream, registries.limits(name));
            put(upstream, registries.refusedCredentials(name));
        });
        return ApiAnswer.of(200, json);
    }

    private static void put(ObjectNode json, Health health) {
        json.put("state", health.state().label()).put("since", health.since().toString());
        health.lastFailure().ifPresent(words -> json.put("lastFailure", words));
        health.lastSuccess().ifPresent(when -> json.put("lastSuccess", when.toString()));
        health.nextProbe().ifPresent(when -> json.put("nextProbe", when.toString()));
    }

    private static void put(ObjectNode json, List<RefusedCredentials> refused) {
        if (!refused.isEmpty()) {
            ArrayNode accounts = json.putArray("credentialsRefused");
            refused.forEach(one -> accounts.addObject().put("account", one.account()).put("since",
                    one.since().toString()).put("lastFailure", one.why()).put("nextProbe", one.nextTry().toString()));
        }
    }

    private static void put(ObjectNode json, RateLimits limits) {
        if (!Double.isNaN(limits.remaining())) {
            json.putObject("rateLimit").put("remaining", (long) limits.remaining()).put("limit", (long) limits.limit());
        }
        if (limits.heldOffSeconds() > 0) {
            json.put("heldOffSeconds", (long) Math.ceil(limits.heldOffSeconds()));
        }
    }
}
