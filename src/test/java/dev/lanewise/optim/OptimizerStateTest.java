// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.Trainer;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Tanh;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Saved state: a training that goes on from it has the bits of one that never stopped.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class OptimizerStateTest {
    private static final int ROWS = 40;

    private static Sequential net() {
        return new Sequential(new Linear(10, 20), new Tanh(), new Linear(20, 3)).init(5);
    }

    private static void steps(Sequential net, Optimizer optimizer, int steps) {
        SplittableRandom random = RandomTables.random(64);
        try (FloatMatrix x = RandomTables.floats(random, ROWS, 10);
                ClassLabels y = RandomTables.labels(random, ROWS, 3);
                Trainer trainer = new Trainer(net, new CrossEntropyLoss(), optimizer)) {
            for (int i = 0; i < steps; i++) {
                trainer.trainStep(x.all(), y.all());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lanewise.optim.FusedOptimizersTest#optimizers")
    void resumedIsUninterrupted(Function<List<Parameter>, Optimizer> optimizer) {
        try (Sequential through = net(); Sequential first = net(); Sequential second = net()) {
            Optimizer whole = optimizer.apply(through.parameters());
            Optimizer before = optimizer.apply(first.parameters());
            steps(through, whole, 7);
            steps(first, before, 4);
            Optimizer after = optimizer.apply(second.parameters());
            steps(second, after, 2); // what has been done before is forgotten
            after.learningRate(0.77f);
            try (OptimizerState state = before.state()) {
                steps(first, before, 1); // the state is a copy
                after.loadState(state);
            }
            try (Sequential again = net()) {
                steps(again, optimizer.apply(again.parameters()), 4);
                for (int i = 0; i < 4; i++) {
                    second.parameters().get(i).value().copyFrom(again.parameters().get(i).value());
                }
            }
            steps(second, after, 3);
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(RandomTables.bits(through.parameters().get(i).value()),
                        RandomTables.bits(second.parameters().get(i).value()), whole + ", parameter " + i);
            }
            FusedOptimizersTest.assertSameState(whole, after);
        }
    }

    @Test
    void whatIsInIt() {
        try (Sequential net = net()) {
            RMSprop optimizer = new RMSprop(net.parameters().subList(0, 2), 0.5f).centered(true);
            optimizer.addGroup(net.parameters().subList(2, 3)).momentum(0.5f);
            try (OptimizerState state = optimizer.state()) {
                assertEquals(List.of(0L, 0L, 0L), state.counts());
                assertEquals(List.of(), List.copyOf(state.tensors().keySet()), "nothing before the first step");
            }
            steps(net, optimizer, 3);
            try (OptimizerState state = optimizer.state()) {
                assertEquals("RMSprop", state.optimizer());
                assertEquals(List.of(3L, 3L, 3L), state.counts());
                assertEquals(List.of("0.square_avg", "0.grad_avg", "1.square_avg", "1.grad_avg", "2.square_avg",
                        "2.grad_avg", "2.momentum_buffer"), List.copyOf(state.tensors().keySet()));
                assertEquals(2, state.groups().get(0).parameters());
                assertEquals(0.5, state.groups().get(1).settings().get(Setting.MOMENTUM));
                assertEquals(0.99, state.groups().get(1).settings().get(Setting.ALPHA));
            }
        }
    }

    @Test
    void planesThatTheStateLacksBeginAnew() {
        try (Sequential one = net(); Sequential other = net()) {
            SGD stepped = new SGD(one.parameters(), 0.1f).momentum(0.9f);
            steps(one, stepped, 2);
            SGD fresh = new SGD(other.parameters(), 0.1f).momentum(0.9f);
            try (OptimizerState state = fresh.state()) {
                stepped.loadState(state);
            }
            for (int i = 0; i < 4; i++) {
                one.parameters().get(i).value().copyFrom(other.parameters().get(i).value());
            }
            steps(one, stepped, 2);
            steps(other, fresh, 2);
            FusedOptimizersTest.assertSameState(fresh, stepped);
        }
    }

    @Test
    void othersAreRefused() {
        try (Sequential net = net(); Linear small = new Linear(3, 2)) {
            SGD sgd = new SGD(net.parameters(), 0.1f).momentum(0.9f);
            steps(net, sgd, 1);
            Adam adam = new Adam(net.parameters());
            SGD two = new SGD(small.parameters(), 0.1f).momentum(0.9f);
            SGD sameCount = new SGD(List.of(net.parameters().get(2), net.parameters().get(1), net.parameters().get(0),
                    net.parameters().get(3)), 0.3f).momentum(0.9f);
            try (OptimizerState state = sgd.state()) {
                assertMessage(IllegalArgumentException.class, "Adam.loadState: the state is of SGD with groups of [4]"
                        + " parameters and 4 counts, expected Adam with groups of [4]", () -> adam.loadState(state));
                assertMessage(IllegalArgumentException.class, "SGD.loadState: the state is of SGD with groups of [4]"
                        + " parameters and 4 counts, expected SGD with groups of [2]", () -> two.loadState(state));
                assertMessage(IllegalArgumentException.class, "SGD.loadState: tensor 0.momentum_buffer is (20, 10),"
                        + " expected the shape of weight (3, 20)", () -> sameCount.loadState(state));
                assertEquals(0.3f, sameCount.learningRate());
                SequencedMap<String, FloatMatrix> more = new LinkedHashMap<>(state.tensors());
                more.put("9.sum", more.firstEntry().getValue());
                OptimizerState odd = new OptimizerState("SGD", state.groups(), state.counts(), more);
                assertMessage(IllegalArgumentException.class, "SGD.loadState: tensors [9.sum] belong to no parameter,"
                        + " expected [momentum_buffer] of parameters 0 to 3", () -> sgd.loadState(odd));
            }
        }
    }
}
