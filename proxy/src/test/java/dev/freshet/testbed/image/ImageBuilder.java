package dev.freshet.testbed.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes configurations, manifests and indexes for layers. */
final class ImageBuilder {

    private static final String TAG = "latest";

    private ImageBuilder() {}

    /** An image of one platform, this machine's. */
    static Image single(Family family, String repository, List<Layer> layers) {
        Blob config = config(layers, platform());
        return new Image(repository, TAG, blobs(layers), List.of(config), List.of(manifest(family, config, layers)));
    }

    /** An image of this machine's platform and one more. */
    static Image index(Family family, String repository, List<Layer> layers) {
        List<Blob> configs = new ArrayList<>();
        List<Manifest> manifests = new ArrayList<>();
        List<String> entries = new ArrayList<>();
        for (String platform : List.of("s390x", platform())) {
            Blob config = config(layers, platform);
            Manifest manifest = manifest(family, config, layers);
            configs.add(config);
            manifests.add(manifest);
            entries.add("""
                    {"mediaType":"%s","digest":"%s","size":%d,"platform":{"os":"linux","architecture":"%s"}}"""
                    .formatted(manifest.mediaType(), manifest.digest(), manifest.bytes().length, platform));
        }
        manifests.add(new Manifest(family.index(), """
                {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}""".formatted(family.index(),
                String.join(",", entries))));
        return new Image(repository, TAG, blobs(layers), configs, manifests);
    }

    private static Manifest manifest(Family family, Blob config, List<Layer> layers) {
        String descriptors = layers.stream().map(l -> descriptor(family.layer(), l.blob()))
                .collect(Collectors.joining(","));
        return new Manifest(family.manifest(), """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(family.manifest(),
                descriptor(family.config(), config), descriptors));
    }

    private static Blob config(List<Layer> layers, String architecture) {
        String diffIds = layers.stream().map(l -> "\"" + l.diffId() + "\"").collect(Collectors.joining(","));
        return Blob.of("""
                {"created":"2026-01-01T00:00:00Z","architecture":"%s","os":"linux",\
                "config":{"Env":["PATH=/bin"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":[%s]}}"""
                .formatted(architecture, diffIds).getBytes(StandardCharsets.UTF_8));
    }

    private static String descriptor(String mediaType, Blob blob) {
        return """
                {"mediaType":"%s","digest":"%s","size":%d}""".formatted(mediaType, blob.digest(),
                blob.content().length());
    }

    private static List<Blob> blobs(List<Layer> layers) {
        return layers.stream().map(Layer::blob).toList();
    }

    private static String platform() {
        String arch = System.getProperty("os.arch", "amd64").toLowerCase(Locale.ROOT);
        return arch.equals("aarch64") ? "arm64" : arch;
    }
}
