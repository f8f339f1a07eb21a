// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Task;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/// What a model is, weights aside: everything that prediction and evaluation need and nothing about the run that made
/// it, so that equal weights give equal files.
///
/// **Throws** `IllegalArgumentException` if the parts do not fit each other.
///
/// @param task what is predicted
/// @param data the kind of data it was trained on
/// @param label name of the label column; empty if it has none
/// @param features names of the features in order; empty if they have none
/// @param layers the layers in order; the output of one is the input of the next; at least one is linear
/// @param names the dotted name of each layer in its `Sequential`, such as `1` or `body.0`: the layers of a nested one follow
/// each other
/// @param labels the label of every class, ascending; empty for regression
/// @param scaling what is done to features first; null if they are taken as they are
public record ModelConfig(Task task, DataKind data, String label, List<String> features,
        List<LayerConfig> layers, List<String> names, List<Long> labels, @Nullable StandardScaler scaling) {

    /// A model whose layers are named by their positions.
    public ModelConfig(Task task, DataKind data, String label, List<String> features, List<LayerConfig> layers,
            List<Long> labels, @Nullable StandardScaler scaling) {
        this(task, data, label, features, layers, LayerNames.positions(layers.size()), labels, scaling);
    }

    /// What describes `net`, a [Sequential], nested and named as it may be.
    ///
    /// **Throws** `IllegalArgumentException` also if it has a layer that a model file cannot hold, or is none.
    public static ModelConfig of(Sequential net, Task task, DataKind data, String label, List<String> features,
            List<Long> labels, @Nullable StandardScaler scaling) {
        List<LayerConfig> layers = new ArrayList<>();
        List<String> names = new ArrayList<>();
        net.namedModules().forEach((name, module) -> {
            if (!(module instanceof Sequential)) {
                layers.add(LayerConfig.of(module));
                names.add(name);
            }
        });
        return new ModelConfig(task, data, label, features, layers, names, labels, scaling);
    }

    /// Copies the lists and checks that the parts fit.
    public ModelConfig {
        features = List.copyOf(features);
        layers = List.copyOf(layers);
        names = List.copyOf(names);
        labels = List.copyOf(labels);
        checkLayers(layers);
        LayerNames.check(names, layers.size());
        int in = linear(layers).getFirst().in();
        checkFeatures(label, features, in);
        checkLabels(task, labels, linear(layers).getLast().out());
        if (scaling != null && scaling.cols() != in) {
            throw new IllegalArgumentException("ModelConfig: scaling has " + scaling.cols()
                    + " columns, expected " + in + " as the first layer");
        }
    }

    /// Features that a row must have.
    public int inFeatures() {
        return linear(layers).getFirst().in();
    }

    /// Outputs of a row: classes, or numbers predicted.
    public int outFeatures() {
        return linear(layers).getLast().out();
    }

    /// The name and shape of every tensor, in the order and with the names of PyTorch's `state_dict` of a `Sequential`.
    public Map<String, List<Integer>> tensorShapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            String layer = names.get(i);
            layers.get(i).tensorShapes().forEach((name, shape) -> shapes.put(layer + "." + name, shape));
        }
        return shapes;
    }

    /// The layers that change the number of values.
    static List<LinearConfig> linear(List<LayerConfig> layers) {
        return layers.stream().filter(LinearConfig.class::isInstance).map(LinearConfig.class::cast).toList();
    }

    private static void checkLayers(List<LayerConfig> layers) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("ModelConfig: there are no layers, expected at least one");
        }
        LinearConfig before = null;
        int beforeAt = 0;
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i) instanceof LinearConfig layer) {
                if (before != null && layer.in() != before.out()) {
                    throw new IllegalArgumentException("ModelConfig: layer " + i + " takes " + layer.in()
                            + " values, expected " + before.out() + ", the outputs of layer " + beforeAt);
                }
                before = layer;
                beforeAt = i;
            }
            checkNormalized(layers, i, before);
        }
        if (before == null) {
            throw new IllegalArgumentException("ModelConfig: no layer is linear, expected at least one");
        }
    }

    /// A normalization takes what the linear layer before makes, or the one behind takes.
    private static void checkNormalized(List<LayerConfig> layers, int at, @Nullable LinearConfig before) {
        int features = switch (layers.get(at)) {
            case BatchNormConfig norm -> norm.features();
            case LayerNormConfig norm -> norm.features();
            default -> 0;
        };
        List<LinearConfig> linear = linear(layers);
        if (features > 0 && !linear.isEmpty()) {
            int expected = before == null ? linear.getFirst().in() : before.out();
            if (features != expected) {
                throw new IllegalArgumentException("ModelConfig: layer " + at + " normalizes " + features
                        + " values, expected " + expected + " as the layers around it");
            }
        }
    }

    private static void checkFeatures(String label, List<String> features, int in) {
        if (!features.isEmpty() && features.size() != in) {
            throw new IllegalArgumentException("ModelConfig: " + features.size() + " feature names given, expected "
                    + in + " as the first layer takes, or none");
        }
        Set<String> seen = new HashSet<>();
        for (String feature : features) {
            checkText(feature);
            if (!seen.add(feature)) {
                throw new IllegalArgumentException(
                        "ModelConfig: two features are named " + Quoted.of(feature) + ", expected distinct names");
            }
        }
        checkText(label);
    }

    private static void checkText(String name) {
        if (!Quoted.isWellFormed(name)) {
            throw new IllegalArgumentException("ModelConfig: the name " + Quoted.of(name)
                    + " has half a surrogate pair, expected text that UTF-8 can hold");
        }
    }

    private static void checkLabels(Task task, List<Long> labels, int out) {
        int expected = task == Task.CLASSIFICATION ? out : 0;
        if (labels.size() != expected) {
            throw new IllegalArgumentException("ModelConfig: " + labels.size() + " labels given for " + task.text()
                    + " with " + out + " outputs, expected " + expected);
        }
        for (int i = 1; i < labels.size(); i++) {
            if (labels.get(i - 1) >= labels.get(i)) {
                throw new IllegalArgumentException("ModelConfig: label " + labels.get(i) + " follows "
                        + labels.get(i - 1) + ", expected ascending distinct labels");
            }
        }
    }
}
