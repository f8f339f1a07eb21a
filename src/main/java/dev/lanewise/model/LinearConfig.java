// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Module;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A linear layer as a model file describes it: enough to build it again, weights aside.
///
/// **Throws** `IllegalArgumentException` unless both sizes are from 1 to [#MOST].
///
/// @param in features of a row
/// @param out outputs of a row
/// @param bias whether there is a bias (out)
public record LinearConfig(int in, int out, boolean bias) implements LayerConfig {
    static final String TYPE = "Linear";
    /// The largest size of a layer: a row of so many floats can still be padded.
    public static final int MOST = Integer.MAX_VALUE - 15;

    /// Checks the sizes.
    public LinearConfig {
        if (in < 1 || in > MOST || out < 1 || out > MOST) {
            throw new IllegalArgumentException(
                    "Linear: in is " + in + " and out is " + out + ", expected both from 1 to " + MOST);
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, List<Integer>> tensorShapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        shapes.put("weight", List.of(out, in));
        if (bias) {
            shapes.put("bias", List.of(out));
        }
        return shapes;
    }

    @Override
    public Module module() {
        return new Linear(in, out, bias);
    }
}
