// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.data.Task;
import dev.lanewise.model.ModelConfig;
import dev.lanewise.nn.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// `lanewise inspect`: what a model file holds, for people or as JSON.
final class InspectCommand {
    /// A line of names, before the rest is counted only.
    private static final int MOST_NAMES = 20;

    private final Path file;
    private final boolean json;
    private final Output out;

    InspectCommand(Path file, boolean json, Output out) {
        this.file = file;
        this.json = json;
        this.out = out;
    }

    void run() throws IOException {
        Version.requireKernels();
        try (SavedModel model = SavedModel.read(file)) {
            Summary summary = model.net().summary(model.config().inFeatures());
            if (json) {
                out.write(json(model, summary));
            } else {
                out.write(text(model, summary));
            }
        }
    }

    private static String text(SavedModel model, Summary summary) {
        ModelConfig config = model.config();
        StringBuilder text = new StringBuilder("task ").append(config.task().text()).append(", trained on ")
                .append(config.data().text()).append(" data\n");
        if (!config.features().isEmpty()) {
            text.append("features: ").append(names(config.features())).append('\n');
        }
        if (!config.label().isEmpty()) {
            text.append("label: ").append(Text.escaped(config.label())).append('\n');
        }
        if (config.task() == Task.CLASSIFICATION) {
            text.append("classes: ").append(names(config.labels())).append('\n');
        }
        return text.append("scaling: ").append(config.scaling() == null ? "none" : "standard").append('\n')
                .append(summary).append("weights sha256 ").append(model.weightsHash()).append('\n').toString();
    }

    private static String names(List<?> all) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < Math.min(all.size(), MOST_NAMES); i++) {
            names.append(i == 0 ? "" : ", ").append(Text.escaped(String.valueOf(all.get(i))));
        }
        if (all.size() > MOST_NAMES) {
            names.append(" and ").append(all.size() - MOST_NAMES).append(" more");
        }
        return names.toString();
    }

    private static byte[] json(SavedModel model, Summary summary) {
        ModelConfig config = model.config();
        return new JsonResult().put("task", config.task().text()).put("data", config.data().text())
                .put("label", config.label()).put("features", summary.inFeatures())
                .put("outputs", summary.outFeatures()).put("network", model.net().toString())
                .put("layers", summary.entries().size()).put("parameters", summary.parameters())
                .put("bytes", summary.bytes()).put("scaling", config.scaling() == null ? "none" : "standard")
                .put("weights_sha256", model.weightsHash()).end();
    }
}
