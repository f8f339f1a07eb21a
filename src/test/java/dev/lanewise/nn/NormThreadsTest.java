// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.optim.SGD;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Nets with normalizations give the same bits, those of the running statistics too, for any number of threads and cut
/// of the rows, fused or written out.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class NormThreadsTest {
    private static final int CLASSES = 3;

    private interface Net extends Supplier<Sequential> {
    }

    static Stream<Arguments> nets() {
        Net middle = () -> new Sequential(new Linear(40, 100), new BatchNorm1d(100), new ReLU(), new Linear(100, 3));
        Net ends = () -> new Sequential(new BatchNorm1d(40), new Linear(40, 65), new LayerNorm(65), new Sigmoid(),
                new Linear(65, 3), new BatchNorm1d(3, 1e-3f, null, false, true));
        Net twice = () -> new Sequential(new Linear(40, 48), new LayerNorm(48, 1e-5f, true, false), new BatchNorm1d(48),
                new Dropout(0.3f), new BatchNorm1d(48, 1e-5f, 0.2f, true, false), new Linear(48, 3));
        return Stream.of(Arguments.of("middle", middle, 1000), Arguments.of("middle", middle, 4100),
                Arguments.of("ends", ends, 1000), Arguments.of("ends", ends, 130), Arguments.of("twice", twice, 1000),
                Arguments.of("twice", twice, 517));
    }

    private static void train(Sequential net, Rows x, Rows y, int threads, boolean fused) {
        net.init(3);
        net.threads(threads);
        CrossEntropyLoss loss = new CrossEntropyLoss();
        SGD sgd = new SGD(net.parameters(), 0.05f).momentum(0.9f);
        for (int step = 0; step < 4; step++) {
            if (fused || step == 2) {
                net.trainStep(x, y, loss, sgd, StepCheck.NONE);
            } else {
                Loss computed = loss.of(net.forward(x), y);
                sgd.zeroGrad();
                computed.backward();
                sgd.step();
            }
            net.eval();
            net.forward(x);
            net.train();
        }
        net.eval();
        net.trainStep(x, y, loss, sgd, StepCheck.NONE);
    }

    static void assertSameState(Sequential expected, Sequential actual, String what) {
        expected.namedState().forEach((name, tensor) -> assertArrayEquals(RandomTables.bits(tensor.value()),
                RandomTables.bits(actual.namedState().get(name).value()), what + ": " + name));
        actual.namedState().forEach((name, tensor) -> RandomTables.assertPaddingIsZero(tensor.value(), name));
    }

    @ParameterizedTest(name = "{0}, {2} rows")
    @MethodSource("nets")
    void anyNumberOfThreadsGivesTheSameBits(String name, Supplier<Sequential> nets, int rows) {
        SplittableRandom random = RandomTables.random(71);
        try (FloatMatrix features = RandomTables.floats(random, rows, 40);
                ClassLabels targets = ClassLabels.copyOf(random.ints(rows, 0, CLASSES).toArray());
                NativeBuffer index = RandomTables.index(random, rows, rows);
                Sequential alone = nets.get()) {
            Rows x = new Rows(features, 0, 0);
            Rows y = new Rows(targets, 0, 0);
            x.moveTo(index.segment(), 0, rows);
            y.moveTo(index.segment(), 0, rows);
            assertTrue(alone.threadsWorth(rows, 40) > 1, "too little work for a second thread");
            train(alone, x, y, 1, true);
            for (int threads : new int[]{1, 2, 3, 4, 7}) {
                for (boolean fused : new boolean[]{true, false}) {
                    try (Sequential together = nets.get()) {
                        train(together, x, y, threads, fused);
                        assertSameState(alone, together, threads + " threads, fused " + fused);
                    }
                }
            }
        }
    }
}
