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
        return Stream.of(p -> new SGD(p, 0.1f), p -> new SGD(p, 0.1f).weightDecay(0.01f),
                p -> new SGD(p, 0.1f).maximize(true), p -> new SGD(p, 0.1f).momentum(0.9f),
                p -> new SGD(p, 0.1f).momentum(0.9f).dampening(0.5f).weightDecay(0.01f),
                p -> new SGD(p, 0.1f).momentum(0.9f).nesterov(true),
                p -> new SGD(p, 0.1f).momentum(0.9f).nesterov(true).weightDecay(0.01f).maximize(true),
                p -> new Adam(p, 0.01f), p -> new Adam(p).betas(0.8, 0.99).eps(1e-4f).weightDecay(0.1f),
                p -> new Adam(p, 0.01f).amsgrad(true).weightDecay(0.1f).maximize(true), p -> new AdamW(p, 0.01f),
                p -> new AdamW(p, 0.01f).betas(0.8, 0.9).weightDecay(0.2f).amsgrad(true).maximize(true),
                p -> new RMSprop(p), p -> new RMSprop(p).alpha(0.9).weightDecay(0.1f).maximize(true),
                p -> new RMSprop(p).momentum(0.9f).eps(1e-3f), p -> new RMSprop(p).centered(true),
                p -> new RMSprop(p).centered(true).momentum(0.9f).weightDecay(0.1f), p -> new Adagrad(p),
                p -> new Adagrad(p, 0.1f).lrDecay(0.1).weightDecay(0.1f).initialAccumulatorValue(0.1f).eps(1e-3f),
                p -> grouped(p), p -> new SGD(p, 0.1f).momentum(0.9f).clipValue(1e-3f),
                p -> new Adam(p, 0.01f).clipNorm(0.05), p -> new AdamW(p).clipNorm(0.05, 1).clipValue(1e-4f),
                p -> new Lion(p, 1e-3f).weightDecay(0.1f), p -> new Lars(p, 0.01f));
    }

    private static Optimizer grouped(List<Parameter> parameters) {
        Adam adam = new Adam(parameters.subList(0, 1), 0.01f).weightDecay(0.1f);
        adam.addGroup(parameters.subList(1, 2)).learningRate(0.1f).weightDecay(0).set(Setting.AMSGRAD, 1);
        adam.addGroup(parameters.subList(2, parameters.size())).betas(0.5, 0.75);
        return adam;
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
