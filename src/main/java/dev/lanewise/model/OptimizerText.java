// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.optim.Setting;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// What a saved optimizer is beside its tensors, as JSON: its class, the settings of its groups with PyTorch's names,
/// each as the shortest decimal that reads back to the same double, and the steps of each parameter.
final class OptimizerText {
    /// Its name in the metadata.
    static final String KEY = "lanewise.optimizer";
    /// What schedules start from; not in files of optimizers without any.
    private static final String INITIAL_RATE = "initial_lr";
    private static final int MOST_PARAMETERS = SafetensorsHeader.MOST_TENSORS;

    private final StrictJson json;
    private String optimizer = "";
    private final List<OptimizerState.Group> groups = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();

    private OptimizerText(StrictJson json) {
        this.json = json;
    }

    static String of(OptimizerState state) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("type", state.optimizer());
            json.writeName("groups");
            json.writeStartArray();
            state.groups().forEach(group -> writeGroup(json, group));
            json.writeEndArray();
            json.writeName("steps");
            json.writeStartArray();
            state.counts().forEach(json::writeNumber);
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeGroup(JsonGenerator json, OptimizerState.Group group) {
        json.writeStartObject();
        json.writeNumberProperty("parameters", group.parameters());
        new EnumMap<>(group.settings())
                .forEach((setting, value) -> json.writeStringProperty(setting.key(), Double.toString(value)));
        if (!Double.isNaN(group.initialLearningRate())) {
            json.writeStringProperty(INITIAL_RATE, Double.toString(group.initialLearningRate()));
        }
        json.writeEndObject();
    }

    /// The state that `text`, from `file`, and `tensors` make.
    static OptimizerState read(String text, Path file, SequencedMap<String, FloatMatrix> tensors) throws IOException {
        try (StrictJson json = new StrictJson(new StringReader(text), file, KEY)) {
            OptimizerText read = new OptimizerText(json);
            read.read();
            return new OptimizerState(read.optimizer, read.groups, read.counts, tensors);
        }
    }

    private void read() throws IOException {
        json.beginObject(KEY);
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "type" -> optimizer = json.text("type");
                case "groups" -> readGroups();
                case "steps" -> readCounts();
                default -> throw json.fail("the field " + Quoted.of(name) + ", expected type, groups and steps");
            }
        }
        json.end();
    }

    private void readGroups() throws IOException {
        json.beginArray("groups");
        while (json.nextElement()) {
            requireRoom(groups.size(), "groups");
            groups.add(readGroup());
        }
    }

    private OptimizerState.Group readGroup() throws IOException {
        int parameters = 0;
        double initialRate = Double.NaN;
        Map<Setting, Double> settings = new EnumMap<>(Setting.class);
        json.beginObject("a group");
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("parameters")) {
                parameters = (int) json.whole("parameters of a group", 0, MOST_PARAMETERS);
            } else if (name.equals(INITIAL_RATE)) {
                initialRate = number(name);
            } else {
                Setting setting = setting(name);
                settings.put(setting, number(name));
            }
        }
        return new OptimizerState.Group(parameters, settings, initialRate);
    }

    private Setting setting(String key) throws ModelFormatException {
        for (Setting setting : Setting.values()) {
            if (setting.key().equals(key)) {
                return setting;
            }
        }
        throw json.fail("the setting " + Quoted.of(key) + " of a group, expected one of an optimizer");
    }

    private double number(String key) throws IOException {
        String text = json.text(key);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw json.fail(key + " is " + Quoted.of(text) + ", expected a number in quotes");
        }
    }

    private void readCounts() throws IOException {
        json.beginArray("steps");
        while (json.nextElement()) {
            requireRoom(counts.size(), "steps");
            counts.add(json.whole("a number in steps", 0, Long.MAX_VALUE));
        }
    }

    private void requireRoom(int size, String what) throws ModelFormatException {
        if (size == MOST_PARAMETERS) {
            throw json.fail("more than " + MOST_PARAMETERS + " " + what + ", expected at most that");
        }
    }
}
