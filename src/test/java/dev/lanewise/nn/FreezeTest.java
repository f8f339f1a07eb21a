// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.optim.SGD;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class FreezeTest {
    private static final int ROWS = 1100; // more than a block of rows
    private static final CrossEntropyLoss LOSS = new CrossEntropyLoss();

    private final SplittableRandom random = RandomTables.random(82);
    private final FloatMatrix x = RandomTables.floats(random, ROWS, 19);
    private final ClassLabels y = ClassLabels.copyOf(random.ints(ROWS, 0, 3).toArray());

    /// Counts how often it is asked for the gradient of its inputs.
    private static final class Counting extends CustomLayer {
        private int asked;

        @Override
        public int outFeatures(int inFeatures) {
            return inFeatures;
        }

        @Override
        protected void forward(FloatMatrix in, FloatMatrix out, int first, int rows) {
            for (int r = first; r < first + rows; r++) {
                out.setRow(r, in.row(r));
            }
        }

        @Override
        protected void backward(FloatMatrix dX, FloatMatrix dY, FloatMatrix in, FloatMatrix out, int first,
                int rows) {
            asked++;
            for (int r = first; r < first + rows; r++) {
                dX.setRow(r, dY.row(r));
            }
        }
    }

    @BeforeEach
    void rowsAreThere() {
        assertEquals(ROWS, x.rows());
    }

    @AfterEach
    void free() {
        x.close();
        y.close();
    }

    private static Sequential net(boolean wide) {
        return new Sequential(new Linear(19, wide ? 24 : 7), new ReLU(), new Linear(wide ? 24 : 7, 3)).init(4);
    }

    private static Map<String, int[]> gradients(Sequential net) {
        Map<String, int[]> bits = new LinkedHashMap<>();
        net.namedParameters().forEach((name, p) -> {
            if (p.hasGrad()) {
                bits.put(name, RandomTables.bits(p.grad()));
            }
        });
        return bits;
    }

    @ParameterizedTest
    @CsvSource({"true, 0.weight", "true, 0.bias", "true, 2.weight", "true, 2.bias", "false, 0.weight", "false, 0.bias",
            "false, 2.weight", "false, 2.bias"})
    void aFrozenParameterGetsNoGradientAndTheOthersTheSame(boolean wide, String frozen) {
        try (Sequential free = net(wide); Sequential net = net(wide)) {
            LOSS.of(free.forward(x), y).backward();
            Map<String, int[]> expected = gradients(free);
            assertEquals(4, expected.size());
            expected.remove(frozen);
            net.getParameter(frozen).requiresGrad(false);
            LOSS.of(net.forward(x), y).backward();
            Map<String, int[]> actual = gradients(net);
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, bits) -> assertArrayEquals(bits, actual.get(name), name));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1, 0.weight", "true, 3, 0.bias", "false, 1, 2.weight", "false, 3, 0.weight", "false, 1, 2.bias",
            "true, 2, 0", "false, 1, 0", "true, 1, 2", "false, 1, 2"})
    void trainStepLeavesWhatIsFrozenAndStepsTheRestAsWrittenOut(boolean wide, int threads, String frozen) {
        try (Sequential fused = net(wide); Sequential written = net(wide)) {
            Map<String, int[]> before = new LinkedHashMap<>();
            fused.namedParameters().forEach((name, p) -> before.put(name, RandomTables.bits(p.value())));
            for (Sequential net : new Sequential[]{fused, written}) {
                net.threads(threads);
                if (frozen.contains(".")) {
                    net.getParameter(frozen).requiresGrad(false);
                } else {
                    net.get(frozen).requiresGrad(false);
                }
            }
            SGD one = new SGD(fused.parameters(), 0.1f).momentum(0.9f).weightDecay(0.01f);
            SGD other = new SGD(written.parameters(), 0.1f).momentum(0.9f).weightDecay(0.01f);
            for (int step = 0; step < 3; step++) {
                fused.trainStep(x.all(), y.all(), LOSS, one, StepCheck.NONE);
                Loss loss = LOSS.of(written.forward(x), y);
                other.zeroGrad();
                loss.backward();
                other.step();
            }
            fused.namedParameters().forEach((name, p) -> {
                assertArrayEquals(RandomTables.bits(written.getParameter(name).value()), RandomTables.bits(p.value()));
                boolean same = Arrays.equals(before.get(name), RandomTables.bits(p.value()));
                assertEquals(name.startsWith(frozen), same, name);
            });
        }
    }

    @Test
    void noGradientGoesBeyondTheFirstThatIsNotFrozen() {
        Counting first = new Counting();
        Counting middle = new Counting();
        Counting last = new Counting();
        try (Sequential net = new Sequential(first, new Linear(19, 20), middle, new Linear(20, 3), last)) {
            SGD sgd = new SGD(net.parameters(), 0.1f);
            net.trainStep(x.all(), y.all(), LOSS, sgd, StepCheck.NONE);
            assertEquals(0, first.asked, "nothing before it has parameters");
            assertTrue(middle.asked > 0 && last.asked > 0);
            middle.asked = 0;
            last.asked = 0;
            net.get(1).requiresGrad(false);
            net.trainStep(x.all(), y.all(), LOSS, sgd, StepCheck.NONE);
            LOSS.of(net.forward(x), y).backward();
            assertEquals(0, middle.asked, "all before it is frozen");
            assertTrue(last.asked > 0);
        }
    }

    @Test
    void freezingDropsAGradientThatIsThere() {
        try (Sequential net = net(false)) {
            LOSS.of(net.forward(x), y).backward();
            Parameter weight = net.getParameter("0.weight");
            assertTrue(weight.requiresGrad() && weight.hasGrad());
            weight.requiresGrad(false);
            assertFalse(weight.requiresGrad());
            assertFalse(weight.hasGrad());
            assertMessage(IllegalStateException.class,
                    "Parameter.grad: weight has no gradient: it is frozen; requiresGrad(true) thaws it", weight::grad);
            int[] before = RandomTables.bits(weight.value());
            new SGD(net.parameters(), 0.1f).step();
            assertArrayEquals(before, RandomTables.bits(weight.value()));
            weight.requiresGrad(true);
            LOSS.of(net.forward(x), y).backward();
            assertTrue(weight.hasGrad());
        }
    }

    @Test
    void aModuleThatIsFrozenAltogetherCannotBeTrained() {
        try (Sequential net = net(false)) {
            net.requiresGrad(false);
            SGD sgd = new SGD(net.parameters(), 0.1f);
            String why = ": no parameter of " + net
                    + " requires a gradient, expected at least one; requiresGrad(true) thaws a frozen one";
            assertMessage(IllegalStateException.class, "trainStep" + why,
                    () -> net.trainStep(x.all(), y.all(), LOSS, sgd, StepCheck.NONE));
            Loss loss = LOSS.of(net.forward(x), y);
            double before = loss.value();
            assertMessage(IllegalStateException.class, "Loss.backward" + why, loss::backward);
            net.requiresGrad(true);
            net.trainStep(x.all(), y.all(), LOSS, sgd, StepCheck.NONE);
            assertNotEquals(before, LOSS.of(net.forward(x), y).value());
        }
    }
}
