// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Table;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every loss: its mean and sum against the formula in double, every gradient of a small net against central differences
/// of it, and reduction afterwards against reduction at once.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class LossGradientTest {
    static Stream<LossCase> losses() {
        return LossCase.all();
    }

    private static Layer[] layers(LossCase c) {
        Layer last = c.needsProbabilities() ? new Sigmoid() : new Dropout(0);
        return new Layer[]{new Linear(3, 7), new Tanh(), new Linear(7, 4), last};
    }

    @ParameterizedTest
    @MethodSource("losses")
    void meanAndSum(LossCase c) {
        Layer[] layers = layers(c);
        try (Sequential net = new Sequential(layers);
                Table y = c.targets().make(RandomTables.random(90), GradientTest.ROWS)) {
            double[][] target = LossCase.toDouble(y);
            GradientTest.check(net, layers, c.loss().apply(Reduction.SUM), y, target, c.sum());
            GradientTest.check(net, layers, c.loss().apply(Reduction.MEAN), y, target,
                    (p, t) -> c.sum().applyAsDouble(p, t) / c.divisor().applyAsDouble(p, t));
        }
    }

    /// Unless the reduction divides by something else than the number of losses, which one that comes later cannot know.
    @ParameterizedTest
    @MethodSource("losses")
    void reducingAfterwardsGivesTheSameBits(LossCase c) {
        try (Sequential net = new Sequential(layers(c)).init(4);
                var x = RandomTables.floats(RandomTables.random(92), GradientTest.ROWS, 3);
                Table y = c.targets().make(RandomTables.random(91), GradientTest.ROWS)) {
            for (Reduction reduction : new Reduction[]{Reduction.MEAN, Reduction.SUM}) {
                net.zeroGrad();
                Loss reduced = c.loss().apply(reduction).of(net.forward(x), y);
                reduced.backward();
                double value = reduced.value();
                boolean same = reduction == Reduction.SUM || reduced.divisor() == reduced.size();
                int[][] expected = bits(net);
                net.zeroGrad();
                Loss single = c.loss().apply(Reduction.NONE).of(net.forward(x), y);
                double sum = 0;
                for (float l : single.values()) {
                    sum += l;
                }
                assertEquals(sum, single.total(), 1e-9);
                assertEquals(single.size(), single.values().length);
                Loss later = reduction == Reduction.MEAN ? single.mean() : single.sum();
                later.backward();
                assertEquals((double) single.size(), later.divisor());
                double divisor = reduction == Reduction.MEAN ? (double) single.size() : 1;
                assertEquals(single.total() / divisor, later.value());
                if (same) {
                    assertEquals(value, later.value());
                    assertArrayEquals(expected, bits(net));
                }
            }
        }
    }

    private static int[][] bits(Module net) {
        return net.parameters().stream().map(p -> RandomTables.bits(p.grad())).toArray(int[][]::new);
    }
}
