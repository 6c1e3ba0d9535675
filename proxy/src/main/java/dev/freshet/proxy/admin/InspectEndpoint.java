package dev.freshet.proxy.admin;

import dev.freshet.cache.fill.Availability;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.proxy.admin.Api.ApiAnswer;
import dev.freshet.proxy.admin.Api.ApiRequest;
import dev.freshet.proxy.admin.Api.Endpoint;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.ImageLookup.RefusedException;
import dev.freshet.proxy.serve.InspectService;
import dev.freshet.proxy.serve.InspectService.Inspection;
import dev.freshet.proxy.serve.InspectService.Item;
import dev.freshet.proxy.serve.document.Platform;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GET inspect?ref=...&platform=...}: the parts of an image, how much of each is stored, and whether the URLs of its
 * foreign layers are allowed. The platform is optional.
 */
public final class InspectEndpoint implements Endpoint {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> PARAMETERS = Set.of("ref", "platform");

    private final InspectService service;

    public InspectEndpoint(InspectService service) {
        this.service = service;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "inspect";
    }

    @Override
    public ApiAnswer answer(ApiRequest request) {
        Optional<String> stated = request.parameter("platform");
        Optional<Platform> platform = stated.flatMap(Platform::parse);
        Optional<String> ref = request.parameter("ref");
        if (ref.isEmpty()) {
            return refused("parameter ref is missing");
        }
        if (!PARAMETERS.containsAll(request.parameters().keySet())) {
            return refused("a parameter is unknown");
        }
        if (stated.isPresent() && platform.isEmpty()) {
            return refused("parameter platform is not valid");
        }
        try {
            return ApiAnswer.of(200, json(service.inspect(ImageName.parse(ref.get()), platform)));
        } catch (RefusedException e) {
            return ApiAnswer.of(e.error());
        } catch (InvalidNameException e) {
            OciError error = Errors.of(e);
            return ApiAnswer.of(new OciError(error.status(), error.code(),
                    "inspect failed: " + error.message() + "; " + ImageName.EXAMPLE));
        }
    }

    private static ObjectNode json(Inspection found) {
        ObjectNode json = JSON.createObjectNode();
        json.put("image", found.image().toString()).put("upstream", found.repository().registry().value())
                .put("repository", found.repository().name());
        found.platform().ifPresent(platform -> json.put("platform", platform.toString()));
        json.putObject("manifest").put("digest", found.manifest().digest().toString())
                .put("mediaType", found.manifest().mediaType()).put("size", found.manifest().length())
                .put("cacheStatus", found.manifest().cacheStatus().header());
        ArrayNode items = json.putArray("items");
        found.items().forEach(item -> put(items.addObject(), item));
        return json;
    }

    private static void put(ObjectNode json, Item item) {
        json.put("kind", item.blob().kind().toString()).put("mediaType", item.blob().mediaType())
                .put("digest", item.blob().digest().toString()).put("size", item.blob().size());
        switch (item.availability()) {
            case Availability.Stored(long length) -> json.put("stored", "yes").put("storedBytes", length);
            case Availability.Filling(long bytes) -> json.put("stored", "coming").put("storedBytes", bytes);
            case Availability.Partial(long bytes) -> json.put("stored", "partly").put("storedBytes", bytes);
            case Availability.Missing() -> json.put("stored", "no").put("storedBytes", 0);
        }
        if (!item.blob().platform().isEmpty()) {
            json.put("platform", item.blob().platform());
        }
        item.parts().ifPresent(
                parts -> json.putObject("image").put("blobs", parts.blobs()).put("storedBlobs", parts.stored()));
        if (!item.blob().urls().isEmpty()) {
            ArrayNode urls = json.putArray("urls");
            item.allowed().forEach(url -> urls.addObject().put("url", url.url()).put("allowed", true)
                    .put("pattern", url.pattern()));
            item.refused().forEach(refusal -> {
                ObjectNode refused = urls.addObject().put("url", refusal.url()).put("allowed", false)
                        .put("rule", refusal.rule());
                refusal.remedy().ifPresent(line -> refused.put("configuration", line));
            });
        }
    }

    private static ApiAnswer refused(String why) {
        return ApiAnswer.of(new OciError(400, ErrorCode.UNSUPPORTED, "inspect refused: " + why
                + "; use inspect?ref=docker.io/library/busybox:1.36, optionally with &platform=linux/amd64"));
    }
}
