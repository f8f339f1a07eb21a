// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.StepCheck;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class SGDTest {
    private final SplittableRandom random = RandomTables.random(60);
    private final FloatMatrix x = RandomTables.floats(random, 6, 5);
    private final FloatMatrix y = RandomTables.floats(random, 6, 3);
    private final Sequential net = new Sequential(new Linear(5, 18), new Linear(18, 3)).init(1);

    @AfterEach
    void close() {
        x.close();
        y.close();
        net.close();
    }

    private Loss loss() {
        return new MSELoss().of(net.forward(x), y);
    }

    @Test
    void aStepIsOneMultiplyAddForEachValue() {
        loss().backward();
        for (Parameter p : net.parameters()) {
            float[][] before = p.value().toArray();
            new SGD(List.of(p), 0.03f).step();
            for (int r = 0; r < p.rows(); r++) {
                for (int c = 0; c < p.cols(); c++) {
                    assertEquals(Math.fma(-0.03f, p.grad().get(r, c), before[r][c]), p.value().get(r, c));
                }
            }
            RandomTables.assertPaddingIsZero(p.value(), p.toString());
        }
    }

    @Test
    void aRateOfZeroLeavesAllBits() {
        SGD sgd = new SGD(net.parameters(), 0);
        int[][] before = net.parameters().stream().map(p -> RandomTables.bits(p.value())).toArray(int[][]::new);
        loss().backward();
        sgd.step();
        net.trainStep(x.all(), y.all(), new MSELoss(), sgd, StepCheck.NONE);
        for (int i = 0; i < before.length; i++) {
            assertArrayEquals(before[i], RandomTables.bits(net.parameters().get(i).value()));
        }
    }

    @Test
    void aStepWithoutNewGradientsUsesTheOldOnesAgain() {
        SGD sgd = new SGD(net.parameters(), 0.5f);
        loss().backward();
        sgd.step();
        Parameter bias = net.parameters().get(3);
        float once = bias.value().get(0, 1);
        sgd.step();
        assertEquals(Math.fma(-0.5f, bias.grad().get(0, 1), once), bias.value().get(0, 1));
    }

    @Test
    void parametersWithoutGradientAreSkipped() {
        SGD sgd = new SGD(net.parameters(), 0.5f);
        loss().backward();
        Parameter frozen = net.parameters().get(0);
        frozen.zeroGrad();
        int[] before = RandomTables.bits(frozen.value());
        int[] other = RandomTables.bits(net.parameters().get(1).value());
        assertTrue(sgd.hasGrad());
        sgd.step();
        assertArrayEquals(before, RandomTables.bits(frozen.value()));
        assertFalse(java.util.Arrays.equals(other, RandomTables.bits(net.parameters().get(1).value())));
        sgd.zeroGrad();
        assertFalse(sgd.hasGrad());
    }

    @Test
    void parametersOfOthersStayAsTheyAre() {
        List<Parameter> all = net.parameters();
        SGD sgd = new SGD(List.of(all.get(0), all.get(3)), 0.5f);
        int[] weight = RandomTables.bits(all.get(2).value());
        int[] bias = RandomTables.bits(all.get(1).value());
        net.trainStep(x.all(), y.all(), new MSELoss(), sgd, StepCheck.NONE);
        loss().backward();
        sgd.step();
        sgd.zeroGrad();
        assertArrayEquals(weight, RandomTables.bits(all.get(2).value()));
        assertArrayEquals(bias, RandomTables.bits(all.get(1).value()));
        assertFalse(all.get(0).hasGrad());
        assertTrue(all.get(2).hasGrad(), "the gradients of others stay, too");
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -Float.MIN_VALUE})
    void ratesThatAreNone(float rate) {
        assertMessage(IllegalArgumentException.class,
                "SGD: learningRate is " + rate + ", expected a finite number of at least 0",
                () -> new SGD(net.parameters(), rate));
    }

    @Test
    void noParametersOrOneTwice() {
        assertMessage(IllegalArgumentException.class,
                "SGD: the list of parameters is empty, expected at least one", () -> new SGD(List.of(), 0.1f));
        Parameter p = net.parameters().get(0);
        assertMessage(IllegalArgumentException.class,
                "SGD: parameter weight (18, 5) is given twice, expected each once",
                () -> new SGD(List.of(p, net.parameters().get(1), p), 0.1f));
    }

    @Test
    void tellsItsRate() {
        SGD sgd = new SGD(net.parameters(), 0.125f);
        assertEquals(0.125f, sgd.learningRate());
        assertEquals("SGD(lr=0.125)", sgd.toString());
    }
}
