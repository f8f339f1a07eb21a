// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.model.BatchNormConfig;
import dev.lanewise.model.LayerConfig;
import dev.lanewise.model.LinearConfig;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The warm-up trains a small net of the same kinds of layers, so that it compiles all kernels that the job will use: no
/// activation, normalization or dropout is left out, and a layer stays narrow or wide.
class SmallNetworkTest {
    private static final int FEATURES = 112;

    private static List<String> kinds(List<LayerConfig> layers) {
        return layers.stream().map(layer -> layer instanceof LinearConfig linear
                ? "Linear, wide " + (linear.out() > NarrowKernels.MAX_OUTPUTS)
                : layer instanceof BatchNormConfig ? "BatchNorm1d" : layer.toString()).toList();
    }

    @ParameterizedTest
    @EnumSource
    void warmsTheKernelsOfTheJob(NetworkOptions.Activation activation) {
        for (boolean batchNorm : new boolean[]{false, true}) {
            for (float dropout : new float[]{0, 0.5f}) {
                NetworkOptions job = new NetworkOptions(List.of(300, 10, 17), activation, dropout, batchNorm);
                List<String> kinds = kinds(job.layers(784, 10));
                assertEquals(kinds, kinds(job.small().layers(FEATURES, 10)));
                assertEquals(3 * (2 + (batchNorm ? 1 : 0) + (dropout > 0 ? 1 : 0)) + 1, kinds.size());
            }
        }
    }
}
