// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.LayerNorm;
import dev.lanewise.nn.Module;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A layer norm as a model file describes it: enough to build it again, weights aside.
///
/// **Throws** `IllegalArgumentException` as [LayerNorm] does.
///
/// @param features values of a row
/// @param eps what is added to the variance
/// @param elementwiseAffine whether there is a weight (features)
/// @param bias whether there is a bias (features) beside it
public record LayerNormConfig(int features, float eps, boolean elementwiseAffine, boolean bias)
        implements
            LayerConfig {
    static final String TYPE = "LayerNorm";

    /// Checks the settings; without a weight there is no bias either.
    public LayerNormConfig {
        bias = bias && elementwiseAffine;
        new LayerNorm(features, eps, elementwiseAffine, bias).close();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, List<Integer>> tensorShapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        if (elementwiseAffine) {
            shapes.put("weight", List.of(features));
        }
        if (bias) {
            shapes.put("bias", List.of(features));
        }
        return shapes;
    }

    @Override
    public Module module() {
        return new LayerNorm(features, eps, elementwiseAffine, bias);
    }
}
