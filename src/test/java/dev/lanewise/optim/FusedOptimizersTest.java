// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.Trainer;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.GELU;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LogSoftmax;
import dev.lanewise.nn.Mish;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Tanh;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `trainStep` against zeroGrad, forward, backward and step one by one: the same bits in parameters and state, for
/// every optimizer, on narrow and wide layers with dropout between them, on one thread and on several.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class FusedOptimizersTest {
    private static final int ROWS = 200;
    private static final int STEPS = 4;

    static Stream<Function<List<Parameter>, Optimizer>> optimizers() {
        return OptimizerCases.all();
    }

    private static Sequential wide() {
        return new Sequential(new Linear(30, 70), new ReLU(), new Dropout(0.2f), new Linear(70, 20), new Tanh(),
                new GELU(), new Mish(), new ELU(),
                new LogSoftmax(),
                new Linear(20, 5)).init(4);
    }

    private static Sequential narrow() {
        return new Sequential(new Linear(30, 9), new Sigmoid(), new Dropout(), new Linear(9, 5)).init(4);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void sameBits(Function<List<Parameter>, Optimizer> optimizer) {
        SplittableRandom random = RandomTables.random(80);
        try (FloatMatrix x = RandomTables.floats(random, ROWS, 30);
                ClassLabels y = RandomTables.labels(random, ROWS, 5)) {
            assertSame(wide(), wide(), optimizer, x, y);
            for (int threads : new int[]{2, 3, 4, 7}) {
                Sequential threaded = wide();
                threaded.threads(threads);
                assertSame(threaded, wide(), optimizer, x, y);
            }
            assertSame(narrow(), narrow(), optimizer, x, y);
        }
    }

    private static void assertSame(Sequential fused, Sequential plain, Function<List<Parameter>, Optimizer> optimizer,
            FloatMatrix x, ClassLabels y) {
        Optimizer one = optimizer.apply(fused.parameters());
        Optimizer other = optimizer.apply(plain.parameters());
        try (fused;
                plain;
                Trainer fusedTrainer = new Trainer(fused, new CrossEntropyLoss(), one);
                Trainer plainTrainer = new Trainer(plain, new CrossEntropyLoss(), other)) {
            for (int step = 0; step < STEPS; step++) {
                int rows = step == 2 ? 3 : ROWS;
                double loss = fusedTrainer.trainStep(new Rows(x, 0, rows), new Rows(y, 0, rows));
                plainTrainer.zeroGrad();
                assertEquals(plainTrainer.forward(new Rows(x, 0, rows), new Rows(y, 0, rows)).value(), loss,
                        one.toString());
                plainTrainer.backward();
                plainTrainer.step();
            }
            for (int i = 0; i < fused.parameters().size(); i++) {
                Parameter a = fused.parameters().get(i);
                Parameter b = plain.parameters().get(i);
                assertArrayEquals(RandomTables.bits(b.value()), RandomTables.bits(a.value()), one + ", " + a);
                RandomTables.assertPaddingIsZero(a.value(), one + ", " + a);
            }
            assertSameState(one, other);
        }
    }

    static void assertSameState(Optimizer one, Optimizer other) {
        try (OptimizerState a = one.state(); OptimizerState b = other.state()) {
            assertEquals(b.counts(), a.counts(), one.toString());
            assertEquals(b.groups(), a.groups(), one.toString());
            assertEquals(b.tensors().keySet(), a.tensors().keySet(), one.toString());
            a.tensors().forEach((name, tensor) -> assertArrayEquals(
                    RandomTables.bits(Objects.requireNonNull(b.tensors().get(name))), RandomTables.bits(tensor),
                    one + ", " + name));
        }
        for (Parameter p : one.parameters()) {
            for (int plane = 0; p.hasStateOf(one) && plane < 3; plane++) {
                FloatMatrix kept = keptIn(p, plane);
                if (kept != null) {
                    RandomTables.assertPaddingIsZero(kept, one + ", plane " + plane + " of " + p);
                }
            }
        }
    }

    private static @Nullable FloatMatrix keptIn(Parameter parameter, int plane) {
        try {
            return parameter.state(plane);
        } catch (IndexOutOfBoundsException e) {
            return null;
        }
    }
}
