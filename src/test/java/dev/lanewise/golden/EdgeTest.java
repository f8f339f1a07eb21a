// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.golden.Edges.Source;
import dev.lanewise.golden.Edges.Upstream;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.Table;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Layers and losses at infinities, NaN, zeros of both signs, subnormals, huge numbers and ties, against PyTorch.
///
/// `src/test/python/edges.py` made the values and gradients. A number is right if it is PyTorch's in float32,
/// or as near to float64 as golden runs have to be: where PyTorch's float32 overflows on the way, one may do
/// better. Where a value is NaN, so may be its gradients, which PyTorch's `L1Loss` and `ELU` make 0 and 1.
@Tag("lanes")
@ExtendWith(NoLeak.class)
class EdgeTest {
    static List<String> names() {
        return GoldenFile.names("edges");
    }

    @ParameterizedTest
    @MethodSource("names")
    void asPyTorchDoes(String name) {
        GoldenFile file = GoldenFile.read("edges", name);
        float[][] x = file.floats("x");
        Source source = new Source(x);
        boolean layer = file.parts("loss").isEmpty();
        try (Sequential net = layer ? new Sequential(source, Parts.layer(file.part("layer"))) : new Sequential(source);
                FloatMatrix input = FloatMatrix.allocate(x.length, 1);
                Table target = target(file)) {
            for (int r = 0; r < x.length; r++) {
                source.values().value().setRow(r, x[r]);
            }
            Output output = net.forward(input);
            LossFunction function = layer ? new Upstream() : Parts.loss(withoutReduction(file.part("loss")));
            Loss loss = function.of(output, target);
            float[] values = layer ? flat(output.matrix(), x.length) : loss.values();
            loss.sum().backward();
            file.allParts().forEach(Part::assertAllAsked);
            List<String> wrong = new ArrayList<>();
            compare(file, "value", values, wrong);
            compare(file, "gradient", flat(source.values().grad(), x.length), wrong);
            assertTrue(wrong.isEmpty(), file.allParts() + ":\n" + String.join("\n", wrong));
        }
    }

    private static Part withoutReduction(Part loss) {
        return loss.with("reduction", "none");
    }

    private static Table target(GoldenFile file) {
        if (file.has("labels")) {
            return ClassLabels.copyOf(Arrays.stream(file.values("labels")).mapToInt(label -> (int) label).toArray());
        }
        return FloatMatrix.copyOf(file.floats(file.has("y") ? "y" : "upstream"));
    }

    private static float[] flat(FloatMatrix matrix, int rows) {
        float[] values = new float[rows * matrix.cols()];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(matrix.row(r), 0, values, r * matrix.cols(), matrix.cols());
        }
        return values;
    }

    private static void compare(GoldenFile file, String series, float[] ours, List<String> wrong) {
        double[] wide = file.values(series + ".64");
        double[] narrow = file.values(series + ".32");
        double[] x = file.values("x");
        double[] values = file.values("value.32");
        assertEquals(wide.length, ours.length);
        for (int i = 0; i < ours.length; i++) {
            boolean signCounts = series.equals("value") && x.length == ours.length && x[i] == 0;
            boolean ofNaN = Double.isNaN(values[i / (ours.length / values.length)]);
            if (!isRight(ours[i], wide[i], (float) narrow[i], signCounts) && !(ofNaN && Float.isNaN(ours[i]))) {
                wrong.add(series + " " + i + " of "
                        + Arrays.toString(file.table("x")[i / (ours.length / file.table("x").length)]) + " is "
                        + ours[i] + ", PyTorch has " + (float) narrow[i] + ", in float64 " + wide[i]);
            }
        }
    }

    private static boolean isRight(float ours, double wide, float narrow, boolean signCounts) {
        if (signCounts && narrow == 0) {
            return isSame(ours, narrow) || isSame(ours, (float) wide);
        }
        if (ours == narrow || isSame(ours, narrow) || isSame(ours, (float) wide)) {
            return true;
        }
        double their = Float.isFinite(narrow) ? Math.abs(narrow - wide) : 0;
        return Float.isFinite(ours) && Math.abs(ours - wide) <= 10 * their + 1e-6 * Math.abs(wide) + Float.MIN_NORMAL;
    }

    private static boolean isSame(float a, float b) {
        return Float.floatToIntBits(a) == Float.floatToIntBits(b);
    }
}
