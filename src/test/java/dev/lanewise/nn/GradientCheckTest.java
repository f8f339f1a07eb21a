// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({NoLeak.class, RandomTables.class})
class GradientCheckTest {
    private final SplittableRandom random = RandomTables.random(83);
    private final FloatMatrix x = RandomTables.floats(random, 30, 6);
    private final ClassLabels y = ClassLabels.copyOf(random.ints(30, 0, 3).toArray());

    @AfterEach
    void free() {
        x.close();
        y.close();
    }

    private static Sequential net(Scale scale) {
        return new Sequential(new Linear(6, 18), new Tanh(), new Dropout(0.3f), scale, new Linear(18, 5),
                new Sigmoid(), new Linear(5, 3)).init(2);
    }

    private static int[] bits(Module net) {
        return net.parameters().stream().flatMapToInt(p -> Arrays.stream(RandomTables.bits(p.value()))).toArray();
    }

    @Test
    void rightGradientsHaveSmallErrorsAndNothingIsChanged() {
        Scale scale = new Scale(18);
        try (Sequential net = net(scale)) {
            net.forward(x);
            int[] before = bits(net);
            GradientCheck check = GradientCheck.of(net, new CrossEntropyLoss(), x, y);
            assertTrue(check.maxRelativeError() < 0.003, check.toString());
            assertEquals(6 * 18 + 18 + 36 + 18 * 5 + 5 + 5 * 3 + 3, check.checked());
            assertArrayEquals(before, bits(net));
            assertEquals(1, ((Dropout) net.get(2)).forwards());
            assertTrue(net.isTraining());
            assertTrue(net.parameters().stream().noneMatch(Parameter::hasGrad));
        }
    }

    private static List<int[]> state(Module net) {
        return net.namedState().values().stream().map(tensor -> RandomTables.bits(tensor.value())).toList();
    }

    private static void assertSameState(List<int[]> expected, Module net) {
        List<int[]> actual = state(net);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i),
                    List.copyOf(net.namedState().sequencedKeySet()).get(i));
        }
    }

    /// A training is not disturbed: statistics, gradients and dropped values are those of before.
    @Test
    void runningStatisticsAndGradientsStay() {
        try (Sequential net = new Sequential(new Linear(6, 18), new BatchNorm1d(18), new Tanh(), new Dropout(0.3f),
                new Linear(18, 4), new BatchNorm1d(4).momentum(null), new Linear(4, 3)).init(2)) {
            CrossEntropyLoss loss = new CrossEntropyLoss();
            loss.of(net.forward(x), y).backward();
            net.getParameter("4.bias").requiresGrad(false);
            List<int[]> before = state(net);
            int[] gradient = RandomTables.bits(net.getParameter("0.weight").grad());
            GradientCheck check = GradientCheck.of(net, loss, x, y);
            assertTrue(check.maxRelativeError() < 0.01, check.toString());
            assertSameState(before, net);
            assertEquals(1, net.namedBuffers().get("5.num_batches_tracked").count());
            assertArrayEquals(gradient, RandomTables.bits(net.getParameter("0.weight").grad()));
            assertFalse(net.getParameter("4.bias").hasGrad());
            assertEquals(1, ((Dropout) net.get(3)).forwards());
            net.eval();
            GradientCheck evaluated = GradientCheck.of(net, loss, x, y);
            assertTrue(evaluated.maxRelativeError() < 0.01, evaluated.toString());
            assertFalse(net.isTraining());
            assertSameState(before, net);
        }
    }

    @Test
    void afterAnExceptionEverythingIsAsBefore() {
        try (Sequential net = new Sequential(new Linear(6, 18), new BatchNorm1d(18), new Linear(18, 3)).init(2)) {
            new CrossEntropyLoss().of(net.forward(x), y).backward();
            List<int[]> before = state(net);
            int[] gradient = RandomTables.bits(net.getParameter("0.weight").grad());
            int[] calls = new int[1];
            LossFunction failing = new CustomLoss() {
                @Override
                protected void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target,
                        int first, int rows) {
                    if (++calls[0] == 20) {
                        throw new ArithmeticException("mine");
                    }
                    for (int r = first; r < first + rows; r++) {
                        losses.set(r, 0, prediction.get(r, 0));
                        gradient.setRow(r, new float[]{1, 0, 0});
                    }
                }

                @Override
                protected void checkTargets(Rows prediction, Rows target) {
                    // any will do
                }
            };
            assertThrows(ArithmeticException.class, () -> GradientCheck.of(net, failing, x, y));
            assertSameState(before, net);
            assertArrayEquals(gradient, RandomTables.bits(net.getParameter("0.weight").grad()));
        }
    }

    @Test
    void everyReductionAndTheLossesOfElements() {
        try (Sequential net = net(new Scale(18)); FloatMatrix targets = RandomTables.floats(random, 30, 3)) {
            for (Reduction reduction : Reduction.values()) {
                GradientCheck check = GradientCheck.of(net, new MSELoss(reduction), x, targets);
                assertTrue(check.maxRelativeError() < 0.003, reduction + ": " + check);
            }
        }
    }

    @Test
    void aWrongBackwardIsFoundBeforeTheLayerAndNotBehind() {
        try (Sequential net = net(new Scale(18).wrong(1.2f))) {
            GradientCheck check = GradientCheck.of(net, new CrossEntropyLoss(), x, y);
            assertTrue(check.maxRelativeError() > 0.1, check.toString());
            assertTrue(check.parameter().startsWith("0."), check.toString());
            assertEquals(check.gradient(), 1.2 * check.difference(), 0.1 * Math.abs(check.difference()));
            net.get(0).requiresGrad(false);
            GradientCheck rest = GradientCheck.of(net, new CrossEntropyLoss(), x, y);
            assertTrue(rest.maxRelativeError() < 0.003, rest.toString());
            assertEquals(check.checked() - 6 * 18 - 18, rest.checked());
        }
    }

    @Test
    void aValueThatIsNotANumberIsReportedAndKeepsItsBits() {
        try (Sequential net = net(new Scale(18))) {
            net.getParameter("4.weight").value().set(1, 2, Float.NaN);
            int[] before = bits(net);
            GradientCheck check = GradientCheck.of(net, new CrossEntropyLoss(), x, y);
            assertTrue(Double.isNaN(check.maxRelativeError()), check.toString());
            assertArrayEquals(before, bits(net));
        }
    }

    @Test
    void largeParametersAreSampled() {
        try (Sequential net = new Sequential(new Linear(6, 100), new Linear(100, 3)).init(1)) {
            GradientCheck check = GradientCheck.of(net, new CrossEntropyLoss(), x, y);
            assertEquals(256 + 100 + 256 + 3, check.checked());
            assertTrue(check.maxRelativeError() < 0.003, check.toString());
        }
    }

    @Test
    void saysWhere() {
        assertEquals("largest relative error 0.5 at 0.weight (2, 3): backward says 1.0, differences say 2.0; 7 values"
                + " checked", new GradientCheck(0.5, "0.weight", 2, 3, 1, 2, 7).toString());
    }

    @Test
    void nothingToCheck() {
        try (Sequential net = net(new Scale(18)).requiresGrad(false)) {
            assertMessage(IllegalStateException.class, "Loss.backward: no parameter of " + net
                    + " requires a gradient, expected at least one; requiresGrad(true) thaws a frozen one",
                    () -> GradientCheck.of(net, new CrossEntropyLoss(), x, y));
            assertFalse(net.parameters().getFirst().requiresGrad());
        }
    }
}
