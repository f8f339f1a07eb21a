// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.HalfSquaredLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `trainStep` is zeroGrad, forward, backward and step: the same bits in weights, outputs and losses after every step.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class TrainStepTest {
    enum Kind {
        MSE, HALF, LABELS, PROBABILITIES
    }

    /// Every number of inputs with every number of outputs, going through all losses, reductions, biases and numbers of
    /// rows on the way.
    static Stream<Arguments> cases() {
        int[] inputs = {1, 2, 15, 16, 17, 70};
        int[] outputs = {1, 2, 10, 16, 17, 33};
        int[] rows = {1, 10, 33, 1025, 7};
        List<Arguments> cases = new ArrayList<>();
        int i = 0;
        for (int in : inputs) {
            for (int out : outputs) {
                cases.add(Arguments.of(in, 0, out, rows[i % rows.length], Kind.values()[(i + i / 6) % 4],
                        List.of(Reduction.values()).get((i + i / 6) % 3), i % 4 != 3));
                i++;
            }
        }
        for (Kind kind : Kind.values()) {
            for (Reduction reduction : Reduction.values()) {
                cases.add(Arguments.of(17, i % 2 == 0 ? 5 : 20, 3, rows[i % rows.length], kind, reduction, i % 3 != 2));
                i++;
            }
        }
        cases.add(Arguments.of(2, 0, 1, 2049, Kind.MSE, Reduction.MEAN, true));
        cases.add(Arguments.of(3, 0, 10, 2049, Kind.LABELS, Reduction.MEAN, true));
        cases.add(Arguments.of(3, 18, 17, 2049, Kind.PROBABILITIES, Reduction.SUM, true));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheFourCalls(int in, int hidden, int out, int batch, Kind kind, Reduction reduction, boolean bias) {
        Supplier<Module> nets = hidden == 0 ? () -> new Linear(in, out, bias).init(7)
                : () -> new Sequential(new Linear(in, hidden, bias), new Linear(hidden, out)).init(7);
        SplittableRandom random = RandomTables.random(in * 1000L + out);
        int rows = batch + 5;
        try (FloatMatrix x = RandomTables.floats(random, rows, in);
                Table y = targets(kind, random, rows, out);
                NativeBuffer index = RandomTables.index(random, 3 * batch, rows);
                Module plain = nets.get();
                Module fused = nets.get();
                Trainer plainTrainer = trainer(plain, kind, reduction);
                Trainer fusedTrainer = trainer(fused, kind, reduction)) {
            Rows batchX = new Rows(x, 0, 0);
            Rows batchY = new Rows(y, 0, 0);
            for (int step = 0; step < 6; step++) {
                if (step % 2 == 0) {
                    batchX.moveTo(step, batch - step / 4 * (batch / 2)); // the last ones are short
                    batchY.moveTo(step, batch - step / 4 * (batch / 2));
                } else {
                    batchX.moveTo(index.segment(), (long) step / 2 * batch, batch);
                    batchY.moveTo(index.segment(), (long) step / 2 * batch, batch);
                }
                plainTrainer.zeroGrad();
                Loss loss = plainTrainer.forward(batchX, batchY);
                plainTrainer.backward();
                plainTrainer.step();
                double value = fusedTrainer.trainStep(batchX, batchY);
                assertSameStep(plainTrainer, fusedTrainer, loss, value, "step " + step);
                for (int i = 0; i < plain.parameters().size(); i++) {
                    Parameter expected = plain.parameters().get(i);
                    Parameter actual = fused.parameters().get(i);
                    RandomTables.assertSameBits(expected.value(), actual.value(), expected + " after step " + step);
                    RandomTables.assertPaddingIsZero(expected.value(), expected.toString());
                    RandomTables.assertPaddingIsZero(expected.grad(), expected.toString());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void parametersOfNobodyGatherGradients(boolean weightOnly) {
        SplittableRandom random = RandomTables.random(77);
        FloatMatrix x = RandomTables.floats(random, 12, 5);
        FloatMatrix y = RandomTables.floats(random, 12, 3);
        try (x; y; Linear plain = new Linear(5, 3); Linear fused = new Linear(5, 3)) {
            Trainer four = new Trainer(plain, new MSELoss(), oneOf(plain, weightOnly));
            Trainer one = new Trainer(fused, new MSELoss(), oneOf(fused, weightOnly));
            for (int step = 0; step < 3; step++) {
                four.zeroGrad();
                four.forward(x.all(), y.all());
                four.backward();
                four.step();
                one.trainStep(x.all(), y.all());
                RandomTables.assertSameBits(plain.weight().value(), fused.weight().value(), "weight");
                RandomTables.assertSameBits(plain.bias().value(), fused.bias().value(), "bias");
                Parameter expected = weightOnly ? plain.bias() : plain.weight();
                Parameter actual = weightOnly ? fused.bias() : fused.weight();
                RandomTables.assertSameBits(expected.grad(), actual.grad(), "gradient");
            }
        }
    }

    private static SGD oneOf(Linear net, boolean weight) {
        return new SGD(List.of(weight ? net.weight() : net.bias()), 0.1f);
    }

    private static void assertSameStep(Trainer plain, Trainer fused, Loss loss, double value, String what) {
        assertEquals(loss.value(), value, what);
        assertEquals(loss.value(), fused.loss().value(), what);
        assertEquals(loss.total(), fused.loss().total(), what);
        assertArrayEquals(loss.values(), fused.loss().values(), what);
        Output expected = plain.output();
        Output actual = fused.output();
        assertEquals(expected.count(), actual.count());
        for (int r = 0; r < expected.count(); r++) {
            assertArrayEquals(expected.matrix().row(r), actual.matrix().row(r), what + ", output of row " + r);
        }
    }

    private static Trainer trainer(Module net, Kind kind, Reduction reduction) {
        LossFunction loss = switch (kind) {
            case MSE -> new MSELoss(reduction);
            case HALF -> new HalfSquaredLoss(reduction);
            case LABELS, PROBABILITIES -> new CrossEntropyLoss(reduction);
        };
        return new Trainer(net, loss, new SGD(net.parameters(), reduction == Reduction.SUM ? 1e-4f : 0.1f));
    }

    private static Table targets(Kind kind, SplittableRandom random, int rows, int out) {
        return switch (kind) {
            case MSE, HALF -> RandomTables.floats(random, rows, out);
            case LABELS -> RandomTables.labels(random, rows, out);
            case PROBABILITIES -> RandomTables.probabilities(random, rows, out);
        };
    }
}
