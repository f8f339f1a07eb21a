// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Task;
import dev.lanewise.nn.GELU;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/// Reads the metadata of a model file back to a [ModelConfig]. Keys may stand in any order; one that is unknown,
/// missing or of another type is refused. Numbers are read no further than the layers allow.
final class ConfigReader {
    private static final List<String> TEXTS = List.of(ConfigWriter.CONFIG, ConfigWriter.LABELS, ConfigWriter.SCALING);

    private final Path file;
    private final Map<String, String> metadata;

    private ConfigReader(Path file, Map<String, String> metadata) {
        this.file = file;
        this.metadata = metadata;
    }

    /// The configuration in the metadata of `header`.
    ///
    /// **Throws** [ModelVersionException] if it is of another version, [ModelFormatException] if it is wrong or not
    /// there.
    static ModelConfig read(Path file, SafetensorsHeader header) throws IOException {
        ConfigReader reader = new ConfigReader(file, header.metadata());
        reader.checkMetadata(header);
        return reader.read();
    }

    private void checkMetadata(SafetensorsHeader header) throws IOException {
        if (metadata.keySet().stream().noneMatch(name -> name.startsWith(ConfigWriter.OURS))) {
            throw ModelFormatException.of(file, "no lanewise metadata beside the tensors "
                    + Quoted.list(header.tensors().keySet()) + ", expected " + ConfigWriter.VERSION + ", "
                    + String.join(", ", TEXTS)
                    + "; save the model with lanewise train --out, or add this metadata; StateFile reads tensors alone");
        }
        long version = version();
        if (version != ConfigWriter.VERSION_VALUE) {
            throw new ModelVersionException(file, version, ConfigWriter.VERSION_VALUE);
        }
        if (!ConfigWriter.FORMAT_VALUE.equals(metadata.get(ConfigWriter.FORMAT))) {
            throw ModelFormatException.of(file, "metadata: format is " + shown(metadata.get(ConfigWriter.FORMAT))
                    + ", expected 'pt'");
        }
        for (String name : metadata.keySet()) {
            if (name.startsWith(ConfigWriter.OURS) && !name.equals(ConfigWriter.VERSION) && !TEXTS.contains(name)) {
                throw ModelFormatException.of(file, "metadata: " + Quoted.of(name) + " is unknown, expected "
                        + ConfigWriter.VERSION + ", " + String.join(", ", TEXTS));
            }
        }
    }

    private long version() throws ModelFormatException {
        String version = metadata.get(ConfigWriter.VERSION);
        if (version == null || !version.matches("[1-9][0-9]{0,8}")) {
            throw ModelFormatException.of(file, "metadata: " + ConfigWriter.VERSION + " is " + shown(version)
                    + ", expected the number of a version");
        }
        return Long.parseLong(version);
    }

    private ModelConfig read() throws IOException {
        ModelConfigParts parts = config();
        List<LinearConfig> linear = ModelConfig.linear(parts.layers);
        int outputs = linear.getLast().out();
        List<Long> labels = labels(parts.task == Task.CLASSIFICATION ? outputs : 0);
        StandardScaler scaling = scaling(linear.getFirst().in());
        try {
            return new ModelConfig(parts.task, parts.data, parts.label, parts.features, parts.layers, parts.names,
                    labels,
                    scaling);
        } catch (IllegalArgumentException e) {
            throw ModelFormatException.of(file, "metadata: " + reason(e));
        }
    }

    private record ModelConfigParts(Task task, DataKind data, String label, List<String> features,
            List<LayerConfig> layers, List<String> names) {
    }

    private ModelConfigParts config() throws IOException {
        Task task = null;
        DataKind data = null;
        String label = null;
        List<String> features = null;
        List<LayerConfig> layers = null;
        List<String> names = new ArrayList<>();
        try (StrictJson json = open(ConfigWriter.CONFIG)) {
            json.beginObject("the text");
            for (String key = json.nextName(); key != null; key = json.nextName()) {
                switch (key) {
                    case "task" -> task = choice(json, key, Task.values(), Task::text);
                    case "data" -> data = choice(json, key, DataKind.values(), DataKind::text);
                    case "label" -> label = json.text(key);
                    case "features" -> features = features(json, key);
                    case "layers" -> layers = layers(json, key, names);
                    default -> throw unknown(json, key, "task, data, label, features, layers");
                }
            }
            json.end();
            if (task == null || data == null || label == null || features == null || layers == null) {
                throw json.fail((task == null ? "task" : data == null ? "data" : label == null ? "label"
                        : features == null ? "features" : "layers") + " is missing");
            }
            return new ModelConfigParts(task, data, label, features, layers, names);
        }
    }

    private static List<String> features(StrictJson json, String key) throws IOException {
        List<String> features = new ArrayList<>();
        json.beginArray(key);
        while (json.nextElement()) {
            features.add(json.text("a name in " + key));
        }
        return features;
    }

    /// The layers; their names go to `names`.
    private static List<LayerConfig> layers(StrictJson json, String key, List<String> names) throws IOException {
        List<LayerConfig> layers = new ArrayList<>();
        json.beginArray(key);
        while (json.nextElement()) {
            if (layers.size() == SafetensorsHeader.MOST_TENSORS) {
                throw json.fail("more than " + SafetensorsHeader.MOST_TENSORS + " layers, expected at most that");
            }
            layers.add(layer(json, "layer " + layers.size(), names));
        }
        if (layers.isEmpty()) {
            throw json.fail("there are no layers, expected at least one");
        }
        if (ModelConfig.linear(layers).isEmpty()) {
            throw json.fail("no layer is linear, expected at least one");
        }
        return layers;
    }

    /// A layer's settings are read whatever they are called, because the type that gives them meaning may come last.
    private static LayerConfig layer(StrictJson json, String what, List<String> names) throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        json.beginObject(what);
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            settings.put(key, setting(json, what, key));
        }
        names.add(name(json, what, settings.remove(ConfigWriter.NAME), names.size()));
        Object type = settings.get("type");
        if (LinearConfig.TYPE.equals(type)) {
            return linear(json, what, settings);
        }
        if (DropoutConfig.TYPE.equals(type)) {
            return dropout(json, what, settings);
        }
        if (BatchNormConfig.TYPE.equals(type)) {
            return batchNorm(json, what, settings);
        }
        if (LayerNormConfig.TYPE.equals(type)) {
            return layerNorm(json, what, settings);
        }
        if (GeluConfig.TYPE.equals(type)) {
            return gelu(json, what, settings);
        }
        for (TunedActivationConfig.Kind kind : TunedActivationConfig.Kind.values()) {
            if (kind.type().equals(type)) {
                return tuned(json, what, settings, kind);
            }
        }
        for (ActivationConfig activation : ActivationConfig.values()) {
            if (activation.type().equals(type)) {
                return settings.size() == 1 ? activation : failSettings(json, what, settings, "nothing but 'type'");
            }
        }
        throw json.fail(what + " has type " + shown(type) + ", expected one of " + String.join(", ", LayerTypes.NAMES));
    }

    /// The name of a layer: its position if there is none.
    private static String name(StrictJson json, String what, @Nullable Object given, int position)
            throws ModelFormatException {
        if (given == null || given instanceof String) {
            return given == null ? Integer.toString(position) : (String) given;
        }
        throw json.fail(what + " has the name " + given + ", expected a text");
    }

    private static Object setting(StrictJson json, String what, String key) throws IOException {
        if (json.isText()) {
            return json.text(what);
        }
        if (json.isBool()) {
            return json.bool(what);
        }
        if (key.equals("p") || key.equals("eps") || key.equals("momentum") || isOfActivation(key)) {
            return json.real(what + ": " + Quoted.of(key));
        }
        return json.whole(what + ": " + Quoted.of(key), 1, LinearConfig.MOST);
    }

    private static boolean isOfActivation(String key) {
        for (TunedActivationConfig.Kind kind : TunedActivationConfig.Kind.values()) {
            if (kind.settings().contains(key)) {
                return true;
            }
        }
        return false;
    }

    private static LayerConfig linear(StrictJson json, String what, Map<String, Object> settings) throws IOException {
        if (settings.size() == 4 && settings.get("in") instanceof Long in && settings.get("out") instanceof Long out
                && settings.get("bias") instanceof Boolean bias) {
            return new LinearConfig(in.intValue(), out.intValue(), bias);
        }
        return failSettings(json, what, settings,
                "'type', 'in' and 'out' (whole numbers) and 'bias' (true or false)");
    }

    private static LayerConfig dropout(StrictJson json, String what, Map<String, Object> settings) throws IOException {
        if (settings.size() == 2 && settings.get("p") instanceof Float p && p >= 0 && p <= 1) {
            return new DropoutConfig(p);
        }
        return failSettings(json, what, settings, "'type' and 'p' (a number from 0 to 1)");
    }

    private static LayerConfig gelu(StrictJson json, String what, Map<String, Object> settings) throws IOException {
        for (GELU.Approximate approximate : GELU.Approximate.values()) {
            if (settings.size() == 2 && approximate.text().equals(settings.get("approximate"))) {
                return new GeluConfig(approximate);
            }
        }
        return failSettings(json, what, settings, "'type' and 'approximate' ('none' or 'tanh')");
    }

    private static LayerConfig tuned(StrictJson json, String what, Map<String, Object> settings,
            TunedActivationConfig.Kind kind) throws IOException {
        List<Float> values = new ArrayList<>();
        for (String name : kind.settings()) {
            if (settings.get(name) instanceof Float value) {
                values.add(value);
            }
        }
        if (values.size() != kind.settings().size() || settings.size() != values.size() + 1) {
            return failSettings(json, what, settings,
                    "'type' and " + Quoted.list(kind.settings()) + " (finite numbers)");
        }
        try {
            return new TunedActivationConfig(kind, values);
        } catch (IllegalArgumentException e) {
            throw json.fail(what + ": " + e.getMessage());
        }
    }

    private static LayerConfig batchNorm(StrictJson json, String what, Map<String, Object> settings)
            throws IOException {
        Object momentum = settings.get("momentum");
        boolean cumulative = BatchNormConfig.CUMULATIVE.equals(momentum);
        if (settings.size() == 6 && settings.get("features") instanceof Long features
                && settings.get("eps") instanceof Float eps && eps >= 0
                && (cumulative || (momentum instanceof Float share && share >= 0))
                && settings.get("affine") instanceof Boolean affine
                && settings.get("track_running_stats") instanceof Boolean tracks) {
            return new BatchNormConfig(features.intValue(), eps, cumulative ? null : (Float) momentum, affine, tracks);
        }
        return failSettings(json, what, settings, "'type', 'features' (a whole number), 'eps' and 'momentum' (numbers"
                + " of at least 0; 'momentum' may be 'cumulative'), 'affine' and 'track_running_stats' (true or false)");
    }

    private static LayerConfig layerNorm(StrictJson json, String what, Map<String, Object> settings)
            throws IOException {
        if (settings.size() == 5 && settings.get("features") instanceof Long features
                && settings.get("eps") instanceof Float eps && eps >= 0
                && settings.get("elementwise_affine") instanceof Boolean affine
                && settings.get("bias") instanceof Boolean bias && (affine || !bias)) {
            return new LayerNormConfig(features.intValue(), eps, affine, bias);
        }
        return failSettings(json, what, settings, "'type', 'features' (a whole number), 'eps' (a number of at least 0),"
                + " 'elementwise_affine' and 'bias' (true or false; no bias without the former)");
    }

    private static LayerConfig failSettings(StrictJson json, String what, Map<String, Object> settings, String expected)
            throws IOException {
        throw json.fail(what + " has " + Quoted.list(settings.keySet()) + ", expected " + expected);
    }

    private List<Long> labels(int most) throws IOException {
        List<Long> labels = new ArrayList<>();
        try (StrictJson json = open(ConfigWriter.LABELS)) {
            json.beginArray("the text");
            while (json.nextElement()) {
                if (labels.size() == most) {
                    throw json.fail("more than " + most + " labels, expected one for each class (none for regression)");
                }
                labels.add(json.whole("a label", Long.MIN_VALUE, Long.MAX_VALUE));
            }
            json.end();
        }
        return labels;
    }

    /// The scaling of so many features, or null for none.
    private @Nullable StandardScaler scaling(int features) throws IOException {
        String kind = null;
        float[] mean = null;
        float[] invStd = null;
        try (StrictJson json = open(ConfigWriter.SCALING)) {
            json.beginObject("the text");
            for (String key = json.nextName(); key != null; key = json.nextName()) {
                switch (key) {
                    case "kind" -> kind = json.text(key);
                    case "mean" -> mean = floats(json, key, features);
                    case "inv_std" -> invStd = floats(json, key, features);
                    default -> throw unknown(json, key, "kind, mean, inv_std");
                }
            }
            json.end();
            if ("none".equals(kind) && mean == null && invStd == null) {
                return null;
            }
            if ("standard".equals(kind) && mean != null && invStd != null) {
                return StandardScaler.of(mean, invStd);
            }
            throw json.fail("kind is " + shown(kind) + (mean == null ? ", mean is missing" : ", mean is given")
                    + (invStd == null ? ", inv_std is missing" : ", inv_std is given")
                    + ", expected kind 'none' without them or 'standard' with both");
        } catch (IllegalArgumentException e) {
            throw ModelFormatException.of(file, ConfigWriter.SCALING + ": " + reason(e));
        }
    }

    private static float[] floats(StrictJson json, String key, int most) throws IOException {
        float[] values = new float[Math.min(most, 1024)];
        int count = 0;
        json.beginArray(key);
        while (json.nextElement()) {
            if (count == most) {
                throw json.fail(key + " has more than " + most + " values, expected one for each feature");
            }
            if (count == values.length) {
                values = Arrays.copyOf(values, (int) Math.min(most, count * 2L));
            }
            values[count++] = json.real("a value of " + key);
        }
        return Arrays.copyOf(values, count);
    }

    private StrictJson open(String name) throws IOException {
        String text = metadata.get(name);
        if (text == null) {
            throw ModelFormatException.of(file, "metadata: " + name + " is missing");
        }
        return new StrictJson(new StringReader(text), file, name);
    }

    private static <E> E choice(StrictJson json, String key, E[] values, Function<E, String> name) throws IOException {
        String text = json.text(key);
        for (E value : values) {
            if (name.apply(value).equals(text)) {
                return value;
            }
        }
        throw json.fail(key + " is " + Quoted.of(text) + ", expected one of "
                + Arrays.stream(values).map(name).collect(Collectors.joining(", ")));
    }

    /// What the maker of a part has against its arguments, without its name, which says nothing to a reader.
    private static String reason(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        return message.substring(message.indexOf(": ") + 2);
    }

    private static ModelFormatException unknown(StrictJson json, String key, String expected) {
        return json.fail(Quoted.of(key) + " is unknown, expected " + expected);
    }

    private static String shown(@Nullable Object value) {
        return value == null ? "missing" : value instanceof String text ? Quoted.of(text) : value.toString();
    }
}
