// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import java.util.ArrayList;
import java.util.List;

/// What a model is made of; `toString` is a table for people, with lines that end in `\n`.
///
/// @param module the model's own text
/// @param inFeatures features of a row
/// @param entries the layers in the order of the forward pass
public record Summary(String module, int inFeatures, List<Entry> entries) {
    private static final String[] TITLES = {"Name", "Layer", "Output", "Parameters", "Trainable", "Bytes"};

    /// One layer.
    ///
    /// @param name its dotted name, empty if it is the whole model
    /// @param layer its own text, such as `Linear(784, 10)`
    /// @param outFeatures outputs of a row
    /// @param parameters number of values in all its parameters
    /// @param trainable how many of these are not frozen
    public record Entry(String name, String layer, int outFeatures, long parameters, long trainable) {
        /// Bytes of the parameters, four for each value.
        public long bytes() {
            return parameters * Float.BYTES;
        }
    }

    /// Copies the list.
    public Summary {
        entries = List.copyOf(entries);
    }

    static Summary of(Module module, int inFeatures) {
        List<Entry> entries = new ArrayList<>();
        int features = inFeatures;
        for (var named : module.layers().sequencedEntrySet()) {
            Layer layer = named.getValue();
            features = layer.outFeatures(features);
            long parameters = 0;
            long trainable = 0;
            for (Parameter parameter : layer.layerParameters()) {
                long size = (long) parameter.rows() * parameter.cols();
                parameters += size;
                trainable += parameter.requiresGrad() ? size : 0;
            }
            entries.add(new Entry(named.getKey(), layer.toString(), features, parameters, trainable));
        }
        return new Summary(module.getClass().getSimpleName(), inFeatures, entries);
    }

    /// Outputs of a row.
    public int outFeatures() {
        return entries.getLast().outFeatures();
    }

    /// Number of values in all parameters.
    public long parameters() {
        return entries.stream().mapToLong(Entry::parameters).sum();
    }

    /// How many of [#parameters] are not frozen.
    public long trainable() {
        return entries.stream().mapToLong(Entry::trainable).sum();
    }

    /// Bytes of all parameters, four for each value.
    public long bytes() {
        return parameters() * Float.BYTES;
    }

    /// Bytes of the outputs of all layers for one row of input.
    public long activationBytes() {
        return entries.stream().mapToLong(entry -> (long) entry.outFeatures() * Float.BYTES).sum();
    }

    @Override
    public String toString() {
        List<String[]> lines = new ArrayList<>();
        lines.add(TITLES);
        for (Entry entry : entries) {
            lines.add(new String[]{entry.name(), entry.layer(), "(rows, " + entry.outFeatures() + ")",
                    grouped(entry.parameters()), grouped(entry.trainable()), grouped(entry.bytes())});
        }
        lines.add(new String[]{"Total", "", "", grouped(parameters()), grouped(trainable()), grouped(bytes())});
        int[] widths = new int[TITLES.length];
        for (String[] line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        StringBuilder text = new StringBuilder(module).append(" of (rows, ").append(inFeatures).append(")\n");
        for (String[] line : lines) {
            append(text, line, widths);
        }
        return text.append("Frozen parameters: ").append(grouped(parameters() - trainable()))
                .append(". Outputs of all layers: ").append(grouped(activationBytes())).append(" bytes a row.\n")
                .toString();
    }

    /// Texts to the left, numbers to the right.
    private static void append(StringBuilder text, String[] line, int[] widths) {
        for (int i = 0; i < line.length; i++) {
            String blanks = " ".repeat(widths[i] - line[i].length());
            text.append(i == 0 ? "" : "  ").append(i < 3 ? line[i] + blanks : blanks + line[i]);
        }
        text.append('\n');
    }

    /// The number with a comma before each three digits.
    private static String grouped(long number) {
        StringBuilder digits = new StringBuilder(Long.toString(number));
        for (int i = digits.length() - 3; i > 0; i -= 3) {
            digits.insert(i, ',');
        }
        return digits.toString();
    }
}
