// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.data.StandardScaler;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes a [ModelConfig] as the metadata of a model file: JSON texts with every key, always in the same order, floats
/// as their shortest decimal that reads back to the same bits (`Float.toString`).
final class ConfigWriter {
    static final String FORMAT = "format";
    static final String FORMAT_VALUE = "pt";
    static final String OURS = "lanewise.";
    static final String VERSION = "lanewise.format";
    static final long VERSION_VALUE = 1;
    static final String CONFIG = "lanewise.config";
    static final String NAME = "name";
    static final String LABELS = "lanewise.labels";
    static final String SCALING = "lanewise.scaling";

    private ConfigWriter() {
    }

    /// The metadata, in the order of the file.
    ///
    /// **Throws** `IllegalArgumentException` if a text is longer than [ConfigReader] would accept.
    static Map<String, String> metadata(ModelConfig config) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(FORMAT, FORMAT_VALUE);
        metadata.put(VERSION, Long.toString(VERSION_VALUE));
        metadata.put(CONFIG, text(json -> writeConfig(json, config)));
        metadata.put(LABELS, text(json -> {
            json.writeStartArray();
            config.labels().forEach(json::writeNumber);
            json.writeEndArray();
        }));
        metadata.put(SCALING, text(json -> writeScaling(json, config.scaling())));
        metadata.forEach((name, text) -> {
            if (text.length() > StrictJson.LONGEST_TEXT) {
                throw new IllegalArgumentException("ModelFile.write: " + name + " takes " + text.length()
                        + " characters, expected at most " + StrictJson.LONGEST_TEXT + "; shorten the feature names");
            }
        });
        return metadata;
    }

    private static void writeConfig(JsonGenerator json, ModelConfig config) {
        json.writeStartObject();
        json.writeStringProperty("task", config.task().text());
        json.writeStringProperty("data", config.data().text());
        json.writeStringProperty("label", config.label());
        json.writeName("features");
        json.writeStartArray();
        config.features().forEach(json::writeString);
        json.writeEndArray();
        json.writeName("layers");
        json.writeStartArray();
        for (int i = 0; i < config.layers().size(); i++) {
            String name = config.names().get(i);
            writeLayer(json, config.layers().get(i), name.equals(Integer.toString(i)) ? "" : name);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /// A layer; its name, unless that is its position.
    private static void writeLayer(JsonGenerator json, LayerConfig layer, String name) {
        json.writeStartObject();
        json.writeStringProperty("type", layer.type());
        if (!name.isEmpty()) {
            json.writeStringProperty(NAME, name);
        }
        switch (layer) {
            case LinearConfig linear -> {
                json.writeNumberProperty("in", linear.in());
                json.writeNumberProperty("out", linear.out());
                json.writeBooleanProperty("bias", linear.bias());
            }
            case DropoutConfig dropout -> {
                json.writeName("p");
                json.writeNumber(Float.toString(dropout.p()));
            }
            case GeluConfig gelu -> json.writeStringProperty("approximate", gelu.approximate().text());
            case TunedActivationConfig tuned -> {
                for (int i = 0; i < tuned.settings().size(); i++) {
                    json.writeName(tuned.kind().settings().get(i));
                    json.writeNumber(Float.toString(tuned.settings().get(i)));
                }
            }
            case BatchNormConfig norm -> {
                json.writeNumberProperty("features", norm.features());
                json.writeName("eps");
                json.writeNumber(Float.toString(norm.eps()));
                json.writeName("momentum");
                if (norm.momentum() == null) {
                    json.writeString(BatchNormConfig.CUMULATIVE);
                } else {
                    json.writeNumber(Float.toString(norm.momentum()));
                }
                json.writeBooleanProperty("affine", norm.affine());
                json.writeBooleanProperty("track_running_stats", norm.trackRunningStats());
            }
            case LayerNormConfig norm -> {
                json.writeNumberProperty("features", norm.features());
                json.writeName("eps");
                json.writeNumber(Float.toString(norm.eps()));
                json.writeBooleanProperty("elementwise_affine", norm.elementwiseAffine());
                json.writeBooleanProperty("bias", norm.bias());
            }
            case ActivationConfig _ -> {
                // the type says all
            }
        }
        json.writeEndObject();
    }

    private static void writeScaling(JsonGenerator json, @Nullable StandardScaler scaling) {
        json.writeStartObject();
        json.writeStringProperty("kind", scaling == null ? "none" : "standard");
        if (scaling != null) {
            writeFloats(json, "mean", scaling.mean());
            writeFloats(json, "inv_std", scaling.scale());
        }
        json.writeEndObject();
    }

    private static void writeFloats(JsonGenerator json, String name, float[] values) {
        json.writeName(name);
        json.writeStartArray();
        for (float value : values) {
            json.writeNumber(Float.toString(value));
        }
        json.writeEndArray();
    }

    private static String text(Consumer<JsonGenerator> content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            content.accept(json);
        }
        return text.toString();
    }
}
