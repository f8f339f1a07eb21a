// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.Module;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A batch norm as a model file describes it: enough to build it again, weights and statistics aside.
///
/// **Throws** `IllegalArgumentException` as [BatchNorm1d] does.
///
/// @param features columns
/// @param eps what is added to the variance
/// @param momentum the share of a new batch in the running statistics; null for the average of all batches
/// @param affine whether there are weight and bias (features)
/// @param trackRunningStats whether there are running statistics
public record BatchNormConfig(int features, float eps, @Nullable Float momentum, boolean affine,
        boolean trackRunningStats) implements LayerConfig {
    static final String TYPE = "BatchNorm1d";
    /// What a file has in place of a momentum for the average of all batches.
    static final String CUMULATIVE = "cumulative";

    /// Checks the settings.
    public BatchNormConfig {
        new BatchNorm1d(features, eps, momentum, affine, trackRunningStats).close();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, List<Integer>> tensorShapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        if (affine) {
            shapes.put("weight", List.of(features));
            shapes.put("bias", List.of(features));
        }
        if (trackRunningStats) {
            shapes.put("running_mean", List.of(features));
            shapes.put("running_var", List.of(features));
            shapes.put("num_batches_tracked", List.of());
        }
        return shapes;
    }

    @Override
    public Module module() {
        return new BatchNorm1d(features, eps, momentum, affine, trackRunningStats);
    }
}
