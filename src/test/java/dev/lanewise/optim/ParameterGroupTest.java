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
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Groups of parameters: whose settings count, and what is refused.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class ParameterGroupTest {
    private final Sequential net = new Sequential(new Linear(5, 4), new Linear(4, 3)).init(1);
    private final List<Parameter> body = net.parameters().subList(0, 2);
    private final List<Parameter> head = net.parameters().subList(2, 4);

    @AfterEach
    void close() {
        net.close();
    }

    private void backward() {
        SplittableRandom random = RandomTables.random(63);
        try (FloatMatrix x = RandomTables.floats(random, 6, 5); FloatMatrix y = RandomTables.floats(random, 6, 3)) {
            net.zeroGrad();
            new MSELoss().of(net.forward(x), y).backward();
        }
    }

    @Test
    void aGroupBeginsAsItsOptimizer() {
        SGD sgd = new SGD(body, 0.1f).momentum(0.9f).weightDecay(0.01f);
        ParameterGroup group = sgd.addGroup(head).weightDecay(0);
        assertEquals("ParameterGroup(2 parameters, lr=0.1, momentum=0.9)", group.toString());
        assertEquals(head, group.parameters());
        assertEquals(List.of(sgd.groups().getFirst(), group), sgd.groups());
        assertEquals(net.parameters(), sgd.parameters());
        assertEquals("SGD(lr=0.1, momentum=0.9, weightDecay=0.01, groups=2)", sgd.toString());
    }

    @Test
    void theOptimizerSetsAllAGroupItself() {
        SGD sgd = new SGD(body.subList(0, 1), 0.1f);
        ParameterGroup first = sgd.groups().getFirst();
        ParameterGroup second = sgd.addGroup(body.subList(1, 2)).learningRate(0.5f);
        first.learningRate(0.25f);
        assertEquals(0.25f, sgd.learningRate(), "the first group's");
        assertEquals(0.1f, sgd.addGroup(head.subList(0, 1)).learningRate(), "the optimizer's");
        sgd.learningRate(0.01f);
        for (ParameterGroup group : sgd.groups()) {
            assertEquals(0.01f, group.learningRate());
        }
        second.learningRate(0.02f).momentum(0.5f);
        assertEquals(0, first.momentum());
        assertEquals(0.02f, second.learningRate());
        assertEquals(0.01f, sgd.addGroup(head.subList(1, 2)).learningRate());
    }

    @Test
    void groupsStepAsOptimizersOfTheirOwn() {
        backward();
        Adam one = new Adam(body, 0.1f);
        one.addGroup(head).learningRate(0.01f).weightDecay(0.5f).betas(0.5, 0.75).eps(0.5f).set(Setting.AMSGRAD, 1);
        one.step();
        one.step();
        int[][] together = net.parameters().stream().map(p -> RandomTables.bits(p.value())).toArray(int[][]::new);
        net.init(1);
        backward();
        Adam first = new Adam(body, 0.1f);
        Adam second = new Adam(head, 0.01f).weightDecay(0.5f).betas(0.5, 0.75).eps(0.5f).amsgrad(true);
        for (int i = 0; i < 2; i++) {
            first.step();
            second.step();
        }
        for (int i = 0; i < together.length; i++) {
            assertArrayEquals(together[i], RandomTables.bits(net.parameters().get(i).value()));
        }
    }

    @Test
    void noGradientIsSkippedAndZeroIsNot() {
        SGD sgd = new SGD(net.parameters(), 0.1f).weightDecay(0.5f);
        float before = net.parameters().getFirst().value().get(0, 0);
        sgd.step();
        assertEquals(before, net.parameters().getFirst().value().get(0, 0));
        backward();
        net.parameters().getFirst().grad().segment().fill((byte) 0);
        sgd.step();
        assertEquals(Math.fma(-0.1f, 0.5f * before, before), net.parameters().getFirst().value().get(0, 0));
    }

    @Test
    void refused() {
        SGD sgd = new SGD(body, 0.1f);
        assertMessage(IllegalArgumentException.class, "SGD: the list of parameters is empty, expected at least one",
                () -> sgd.addGroup(List.of()));
        assertMessage(IllegalArgumentException.class,
                "SGD: parameter bias (4) is given twice, expected each once", () -> sgd.addGroup(body.subList(1, 2)));
        assertMessage(IllegalArgumentException.class, "SGD: parameter weight (3, 4) is given twice, expected each once",
                () -> sgd.addGroup(List.of(head.get(0), head.get(0))));
        assertEquals(1, sgd.groups().size());
        ParameterGroup group = sgd.groups().getFirst();
        assertMessage(IllegalArgumentException.class, "SGD has no setting beta2; it has"
                + " [learningRate, momentum, dampening, weightDecay, nesterov, maximize]", () -> group.betas(0.5, 0.5));
        assertFalse(group.has(Setting.ALPHA));
        assertTrue(group.has(Setting.NESTEROV));
        assertMessage(IllegalArgumentException.class,
                "SGD: nesterov is 2.0, expected 1 for yes or 0 for no", () -> group.set(Setting.NESTEROV, 2));
        assertMessage(IllegalArgumentException.class,
                "Named: the settings are [EPS], expected LEARNING_RATE among them",
                () -> new Named(body, Map.of(Setting.EPS, 1.0)));
    }

    @Test
    void aSettingThatOneGroupRefusesChangesNone() {
        SGD sgd = new SGD(body, 0.1f).momentum(0.9f);
        sgd.addGroup(head).set(Setting.NESTEROV, 1);
        assertMessage(IllegalArgumentException.class, "SGD: nesterov with momentum 0.0 and dampening 0.0,"
                + " expected a momentum above 0, set before, and no dampening", () -> sgd.momentum(0));
        assertEquals(0.9f, sgd.momentum());
    }

    @Test
    void rangesAsInPyTorch() {
        String least = ", expected a finite number of at least 0";
        assertMessage(IllegalArgumentException.class, "RMSprop: alpha is -0.5" + least,
                () -> new RMSprop(body).alpha(-0.5));
        assertMessage(IllegalArgumentException.class, "RMSprop: momentum is -1.0" + least,
                () -> new RMSprop(body).momentum(-1));
        assertMessage(IllegalArgumentException.class, "RMSprop: learningRate is -1.0" + least,
                () -> new RMSprop(body, -1));
        assertMessage(IllegalArgumentException.class, "Adagrad: lrDecay is NaN" + least,
                () -> new Adagrad(body).lrDecay(Double.NaN));
        assertMessage(IllegalArgumentException.class, "Adagrad: initialAccumulatorValue is -1.0" + least,
                () -> new Adagrad(body).initialAccumulatorValue(-1));
        assertMessage(IllegalArgumentException.class, "AdamW: eps is -1.0" + least, () -> new AdamW(body).eps(-1));
        assertMessage(IllegalArgumentException.class, "AdamW: weightDecay is -1.0" + least,
                () -> new AdamW(body).weightDecay(-1));
        assertMessage(IllegalArgumentException.class, "AdamW: beta1 is 1.0, expected at least 0 and below 1",
                () -> new AdamW(body).set(Setting.BETA1, 1));
    }

    @Test
    void theySayWhatTheyAre() {
        assertEquals("AdamW(lr=0.001)", new AdamW(body).toString());
        assertEquals("AdamW(lr=0.001, weightDecay=0.1, amsgrad=true, maximize=true)",
                new AdamW(body).weightDecay(0.1f).amsgrad(true).maximize(true).toString());
        assertEquals("RMSprop(lr=0.01, momentum=0.5, alpha=0.9, centered=true)",
                new RMSprop(body).alpha(0.9).momentum(0.5f).centered(true).toString());
        assertEquals("Adagrad(lr=0.01, lrDecay=0.5, initialAccumulatorValue=0.25, clipNorm=1.0, clipValue=0.5)",
                new Adagrad(body).lrDecay(0.5).initialAccumulatorValue(0.25f).clipNorm(1).clipValue(0.5f).toString());
        assertEquals("SGD(lr=0.1, clipNorm=1.0, p=3.0, accumulate=4)",
                new SGD(body, 0.1f).clipNorm(1, 3).accumulate(4).toString());
    }

    /// An optimizer of the user's without a learning rate.
    private static final class Named extends Optimizer {
        Named(List<Parameter> parameters, Map<Setting, Double> settings) {
            super(parameters, List.of(), settings);
        }

        @Override
        protected void update(ParameterStep step, MemorySegment value, long at,
                MemorySegment g, long gFrom, long n) {
            throw new AssertionError("never made");
        }
    }
}
