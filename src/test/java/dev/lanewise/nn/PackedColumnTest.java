// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.optim.SGD;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Targets, weights of rows and features without padding give the bits of the same values with padding.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class PackedColumnTest {
    private static final int ROWS = 700;
    private static final int BATCH = 530;

    private final SplittableRandom random = RandomTables.random(620);

    static List<LossFunction> losses() {
        return List.of(new MSELoss(), new MSELoss(Reduction.NONE), new HalfSquaredLoss(), new L1Loss(), new HuberLoss(),
                new SmoothL1Loss(), new BCEWithLogitsLoss(), new HingeLoss(), new HingeEmbeddingLoss(),
                new LossCase.Cubes(Reduction.MEAN));
    }

    /// One of -1 and 1, which are targets for every loss but one that wants 0 and 1.
    private float[] targets(LossFunction loss) {
        float[] values = new float[ROWS];
        for (int r = 0; r < ROWS; r++) {
            boolean up = random.nextBoolean();
            values[r] = up ? 1 : loss instanceof BCEWithLogitsLoss ? 0 : -1;
        }
        return values;
    }

    private static Sequential net(int in, boolean deep) {
        Sequential net = deep
                ? new Sequential(new Linear(in, 20), new ReLU(), new Linear(20, 1))
                : new Sequential(new Linear(in, 1));
        net.init(5);
        return net;
    }

    /// Losses and weights of steps, fused, twice the same, and written out.
    private static List<Object> train(FloatMatrix x, FloatMatrix y, @Nullable FloatMatrix weights, NativeBuffer index,
            LossFunction loss, boolean deep, int threads) {
        List<Object> results = new ArrayList<>();
        try (Sequential net = net(x.cols(), deep)) {
            net.threads(threads);
            SGD sgd = new SGD(net.parameters(), 0.05f);
            Rows batch = new Rows(x, 0, 0);
            Rows target = new Rows(y, 0, 0).weights(weights);
            for (int step = 0; step < 5; step++) {
                if (step % 3 == 0) {
                    batch.moveTo(3, BATCH);
                    target.moveTo(3, BATCH);
                } else {
                    batch.moveTo(index.segment(), step, BATCH);
                    target.moveTo(index.segment(), step, BATCH);
                }
                results.add(net.trainStep(batch, target, loss, sgd, StepCheck.NONE).total());
                results.add(net.trainStep(batch, target, loss, sgd, StepCheck.NONE).total());
                sgd.zeroGrad();
                Loss written = loss.of(net.forward(batch), target);
                results.add(written.total());
                written.mean().backward();
                sgd.step();
            }
            for (Parameter parameter : net.parameters()) {
                for (int bits : RandomTables.bits(parameter.value())) {
                    results.add(bits);
                }
            }
        }
        return results;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void targetsAndWeightsOfRows(LossFunction loss) {
        float[] values = targets(loss);
        float[] factors = new float[ROWS];
        for (int r = 0; r < ROWS; r++) {
            factors[r] = random.nextFloat();
        }
        for (int in : new int[]{1, 2, 7, 100}) {
            for (boolean deep : new boolean[]{false, true}) {
                try (NativeBuffer index = RandomTables.index(random, ROWS, ROWS);
                        FloatMatrix x = RandomTables.floats(random, ROWS, in);
                        FloatMatrix packed = FloatMatrix.column(values);
                        FloatMatrix padded = FloatMatrix.copyOf(values, ROWS, 1);
                        FloatMatrix packedFactors = FloatMatrix.column(factors);
                        FloatMatrix paddedFactors = FloatMatrix.copyOf(factors, ROWS, 1)) {
                    String what = loss + ", " + in + " inputs, deep " + deep;
                    assertEquals(train(x, padded, null, index, loss, deep, 1),
                            train(x, packed, null, index, loss, deep, 1), what);
                    assertEquals(train(x, padded, null, index, loss, deep, 1),
                            train(x, packed, null, index, loss, deep, 3), what + ", threads");
                    assertEquals(train(x, padded, paddedFactors, index, loss, deep, 1),
                            train(x, packed, packedFactors, index, loss, deep, 2), what + ", weights");
                }
            }
        }
    }

    @Test
    void features() {
        LossFunction loss = new MSELoss();
        float[] values = targets(loss);
        for (boolean deep : new boolean[]{false, true}) {
            try (NativeBuffer index = RandomTables.index(random, ROWS, ROWS);
                    FloatMatrix y = RandomTables.floats(random, ROWS, 1);
                    FloatMatrix packed = FloatMatrix.column(values);
                    FloatMatrix padded = FloatMatrix.copyOf(values, ROWS, 1)) {
                assertEquals(train(padded, y, null, index, loss, deep, 1),
                        train(packed, y, null, index, loss, deep, 1));
                assertEquals(train(padded, y, null, index, loss, deep, 1),
                        train(packed, y, null, index, loss, deep, 3));
            }
        }
    }

    @Test
    void oneTargetForMeanAndVariance() {
        List<int[]> weights = new ArrayList<>();
        for (boolean packed : new boolean[]{true, false}) {
            try (Sequential net = new Sequential(new Linear(3, 2), new Softplus());
                    FloatMatrix x = RandomTables.floats(RandomTables.random(1), 9, 3);
                    FloatMatrix y = packed
                            ? FloatMatrix.column(1, 2, 3, 4, 5, 6, 7, 8, 9)
                            : FloatMatrix.copyOf(new float[]{1, 2, 3, 4, 5, 6, 7, 8, 9}, 9, 1)) {
                SGD sgd = new SGD(net.init(1).parameters(), 0.01f);
                net.trainStep(x.all(), y.all(), new GaussianNLLLoss(), sgd, StepCheck.NONE);
                weights.add(RandomTables.bits(net.parameters().getFirst().value()));
            }
        }
        assertArrayEquals(weights.get(0), weights.get(1));
    }
}
