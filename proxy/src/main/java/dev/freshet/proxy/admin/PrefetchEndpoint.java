package dev.freshet.proxy.admin;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.proxy.admin.Api.ApiAnswer;
import dev.freshet.proxy.admin.Api.ApiRequest;
import dev.freshet.proxy.admin.Api.Endpoint;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.ImageLookup.RefusedException;
import dev.freshet.proxy.serve.document.Platform;
import dev.freshet.proxy.serve.prefetch.PrefetchService;
import dev.freshet.proxy.serve.prefetch.PrefetchService.Amount;
import dev.freshet.proxy.serve.prefetch.PrefetchService.PrefetchOrder;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST prefetch}: starts fills of an image, {@code {"image": "...", "platform": "linux/amd64"}}, and answers 202 with
 * what is missing. The platform is optional.
 */
public final class PrefetchEndpoint implements Endpoint {

    private static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Set<String> FIELDS = Set.of("image", "platform");

    private final PrefetchService service;

    public PrefetchEndpoint(PrefetchService service) {
        this.service = service;
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return "prefetch";
    }

    @Override
    public ApiAnswer answer(ApiRequest request) {
        JsonNode asked;
        try {
            asked = JSON.readTree(request.body());
        } catch (JacksonException e) {
            return refused("the body is not JSON");
        }
        Set<String> unknown = new TreeSet<>(asked.propertyNames());
        unknown.removeAll(FIELDS);
        if (!asked.path("image").isString() || !unknown.isEmpty()) {
            return refused(unknown.isEmpty()
                    ? "the body has no field `image`"
                    : "`" + unknown.iterator().next()
                            + "` is unknown");
        }
        JsonNode platform = asked.path("platform");
        Optional<Platform> wanted = Platform.parse(platform.asString(""));
        if (!platform.isMissingNode() && wanted.isEmpty()) {
            return refused("field `platform` is not valid");
        }
        try {
            return ApiAnswer.of(202, json(service.order(ImageName.parse(asked.path("image").asString()), wanted)));
        } catch (RefusedException e) {
            return ApiAnswer.of(e.error());
        } catch (InvalidNameException e) {
            return ApiAnswer.of(Errors.of(e));
        }
    }

    private static ObjectNode json(PrefetchOrder taken) {
        ObjectNode json = JSON.createObjectNode();
        json.put("image", taken.image().toString());
        json.put("manifest", taken.manifest().toString());
        taken.platform().ifPresent(chosen -> json.put("platform", chosen.toString()));
        put(json, taken.all());
        put(json.putObject("missing"), taken.missing());
        return json;
    }

    private static void put(ObjectNode json, Amount amount) {
        json.put("blobs", amount.blobs()).put("bytes", amount.bytes());
    }

    private static ApiAnswer refused(String why) {
        return ApiAnswer.of(new OciError(400, ErrorCode.UNSUPPORTED, "prefetch refused: " + why
                + "; send {\"image\": \"docker.io/library/busybox:1.36\", \"platform\": \"linux/amd64\"}; the platform is"
                + " optional"));
    }
}
