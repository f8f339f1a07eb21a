// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.optim.SGD;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class AccumulationTest {
    private static final int ROWS = 1100; // two blocks of rows in the parameter gradients

    private final SplittableRandom random = RandomTables.random(40);
    private final FloatMatrix x = RandomTables.floats(random, ROWS, 5);
    private final FloatMatrix y = RandomTables.floats(random, ROWS, 3);
    private final Sequential net = new Sequential(new Linear(5, 18), new Linear(18, 3)).init(1);
    private final MSELoss loss = new MSELoss();

    @AfterEach
    void close() {
        x.close();
        y.close();
        net.close();
    }

    private Loss lossOf(int first, int count) {
        return loss.of(net.forward(new Rows(x, first, count)), new Rows(y, first, count));
    }

    private List<float[][]> gradients() {
        List<float[][]> gradients = new ArrayList<>();
        for (Parameter p : net.parameters()) {
            gradients.add(p.grad().toArray());
            RandomTables.assertPaddingIsZero(p.grad(), p.toString());
        }
        return gradients;
    }

    private static void assertSum(List<float[][]> a, List<float[][]> b, List<float[][]> sum) {
        for (int i = 0; i < sum.size(); i++) {
            for (int r = 0; r < sum.get(i).length; r++) {
                for (int c = 0; c < sum.get(i)[r].length; c++) {
                    assertEquals(a.get(i)[r][c] + b.get(i)[r][c], sum.get(i)[r][c]);
                }
            }
        }
    }

    @Test
    void backwardOfOneBatchTwiceIsExactlyTwice() {
        lossOf(0, ROWS).backward();
        List<float[][]> once = gradients();
        lossOf(0, ROWS).backward();
        assertSum(once, once, gradients());
    }

    @Test
    void theLossesOfTwoBatchesAddUp() {
        lossOf(0, 600).backward();
        List<float[][]> first = gradients();
        net.zeroGrad();
        lossOf(600, 500).backward();
        List<float[][]> second = gradients();
        net.zeroGrad();
        Loss l1 = lossOf(0, 600);
        Loss l2 = lossOf(600, 500);
        l1.backward();
        l2.backward();
        assertSum(first, second, gradients());
        net.zeroGrad();
        l1 = lossOf(0, 600);
        l2 = lossOf(600, 500);
        l2.backward();
        l1.backward();
        assertSum(second, first, gradients());
    }

    @Test
    void afterZeroGradNothingOfTheOldGradientIsLeft() {
        lossOf(0, 10).backward();
        List<float[][]> clean = gradients();
        for (Parameter p : net.parameters()) {
            p.grad().set(0, 0, Float.NaN);
        }
        net.zeroGrad();
        lossOf(0, 10).backward();
        List<float[][]> again = gradients();
        for (int i = 0; i < clean.size(); i++) {
            assertArrayEquals(clean.get(i), again.get(i));
        }
    }

    @Test
    void zeroGradLeavesNoGradient() {
        Parameter weight = net.parameters().get(0);
        String missing = "Parameter.grad: weight has no gradient: call backward first";
        assertFalse(weight.hasGrad());
        assertMessage(IllegalStateException.class, missing, weight::grad);
        lossOf(0, 10).backward();
        assertTrue(weight.hasGrad());
        weight.zeroGrad();
        assertFalse(weight.hasGrad());
        assertTrue(net.parameters().get(1).hasGrad());
        net.zeroGrad();
        assertFalse(net.parameters().get(1).hasGrad());
        assertMessage(IllegalStateException.class, missing, weight::grad);
    }

    @Test
    void aFusedStepStoresNoGradient() {
        Parameter weight = net.parameters().get(0);
        net.trainStep(new Rows(x, 0, 10), new Rows(y, 0, 10), loss, new SGD(net.parameters(), 0.1f), StepCheck.NONE);
        assertFalse(weight.hasGrad());
        assertMessage(IllegalStateException.class,
                "Parameter.grad: weight has no gradient: trainStep uses gradients at once without storing them;"
                        + " call zeroGrad, backward and step instead",
                weight::grad);
        net.zeroGrad();
        assertMessage(IllegalStateException.class, "Parameter.grad: weight has no gradient: call backward first",
                weight::grad);
        net.trainStep(new Rows(x, 0, 10), new Rows(y, 0, 10), loss, new SGD(net.parameters(), 0.1f), StepCheck.NONE);
        lossOf(0, 10).backward();
        List<float[][]> gradients = gradients();
        net.zeroGrad();
        lossOf(0, 10).backward();
        for (int i = 0; i < gradients.size(); i++) {
            assertArrayEquals(gradients.get(i), gradients().get(i), "a used gradient is not added to");
        }
    }

    @Test
    void gradientsCanBeChangedBeforeTheStep() {
        lossOf(0, 10).backward();
        for (Parameter p : net.parameters()) {
            FloatMatrix g = p.grad();
            for (int r = 0; r < g.rows(); r++) {
                g.setRow(r, new float[g.cols()]);
            }
        }
        int[] before = RandomTables.bits(net.parameters().get(0).value());
        new SGD(net.parameters(), 0.1f).step();
        assertArrayEquals(before, RandomTables.bits(net.parameters().get(0).value()));
    }
}
