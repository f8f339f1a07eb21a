// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class SequentialTest {
    @Test
    void namesParametersByPosition() {
        try (Sequential net = new Sequential(new Linear(3, 4),
                new Sequential(new Linear(4, 5, false), new Linear(5, 6)),
                new Linear(6, 1))) {
            assertEquals(List.of("0.weight", "0.bias", "1.0.weight", "1.1.weight", "1.1.bias", "2.weight", "2.bias"),
                    List.copyOf(net.namedParameters().keySet()));
            assertEquals(List.copyOf(net.namedParameters().values()), net.parameters());
            assertSame(((Linear) net.get(0)).weight(), net.parameters().get(0));
            assertEquals(3, net.size());
            assertEquals(1, net.outFeatures(3));
            assertEquals("Sequential(Linear(3, 4), Sequential(Linear(4, 5, bias=false), Linear(5, 6)), Linear(6, 1))",
                    net.toString());
            assertEquals("weight (5, 4)", net.namedParameters().get("1.0.weight").toString());
            assertEquals("bias (6)", net.namedParameters().get("1.1.bias").toString());
            assertThrows(IndexOutOfBoundsException.class, () -> net.get(3));
            assertThrows(IndexOutOfBoundsException.class, () -> net.get(-1));
        }
    }

    @Test
    void namesOfYourOwnAreJoinedByPoints() {
        Sequential encoder = Sequential.named().add("in", new Linear(3, 4)).add("act", new ReLU()).build();
        Linear head = new Linear(4, 1);
        try (Sequential net = Sequential.named().add("encoder", encoder).add("head", head).build()) {
            assertEquals(List.of("encoder.in.weight", "encoder.in.bias", "head.weight", "head.bias"),
                    List.copyOf(net.namedParameters().keySet()));
            assertEquals(List.of("", "encoder", "encoder.in", "encoder.act", "head"),
                    List.copyOf(net.namedModules().keySet()));
            assertEquals(List.of("encoder", "head"), List.copyOf(net.namedChildren().keySet()));
            assertEquals(List.of(encoder, head), net.children());
            assertSame(net, net.getSubmodule(""));
            assertSame(encoder.get("in"), net.getSubmodule("encoder.in"));
            assertSame(head, net.get("head"));
            assertSame(head.bias(), net.getParameter("head.bias"));
            assertEquals(
                    "Sequential(encoder=Sequential(in=Linear(3, 4), act=ReLU()), head=Linear(4, 1))", net.toString());
            assertEquals(List.of("in.weight", "in.bias"), List.copyOf(encoder.namedParameters().keySet()));
            assertMessage(IllegalArgumentException.class,
                    "Module: " + net + " has no module 'tail', expected one of encoder, encoder.in, encoder.act, head",
                    () -> net.getSubmodule("tail"));
            assertMessage(IllegalArgumentException.class,
                    "Module: " + head + " has no parameter 'x', expected one of weight, bias",
                    () -> head.getParameter("x"));
            assertMessage(IllegalArgumentException.class,
                    "Module: ReLU() has no module 'x', expected nothing, as it has none",
                    () -> net.getSubmodule("encoder.act").getSubmodule("x"));
            assertMessage(IllegalArgumentException.class,
                    "Sequential: " + net + " has no module '0', expected one of encoder, head", () -> net.get("0"));
        }
    }

    @Test
    void positionsAreNamesToo() {
        try (Sequential net = new Sequential(new Linear(3, 4), new Sequential(new ReLU()))) {
            assertSame(net.get(1), net.get("1"));
            assertEquals(List.of("", "0", "1", "1.0"), List.copyOf(net.namedModules().keySet()));
        }
    }

    @Test
    void namesThatCannotBe() {
        Sequential.Builder builder = Sequential.named().add("a", new ReLU());
        assertMessage(IllegalArgumentException.class,
                "Sequential: the name 'a' of Tanh() is given twice, expected distinct names",
                () -> builder.add("a", new Tanh()));
        for (String name : List.of("", "a.b")) {
            assertMessage(IllegalArgumentException.class, "Sequential: the name '" + name
                    + "' of Tanh() is empty or has a point, expected a name without; points join the names of nested"
                    + " modules", () -> builder.add(name, new Tanh()));
        }
        assertMessage(IllegalArgumentException.class, "Sequential: no modules given, expected at least one",
                () -> Sequential.named().build());
    }

    /// Names decide the stream of first values, as positions do.
    @Test
    void namesAndPositionsAsNamesGiveTheSameWeights() {
        try (Sequential net = new Sequential(new Linear(3, 4), new Linear(4, 5)).init(9);
                Sequential named = Sequential.named().add("0", new Linear(3, 4)).add("1", new Linear(4, 5)).build()
                        .init(9)) {
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(RandomTables.bits(net.parameters().get(i).value()),
                        RandomTables.bits(named.parameters().get(i).value()));
            }
        }
    }

    @Test
    void noModules() {
        assertMessage(IllegalArgumentException.class, "Sequential: no modules given, expected at least one",
                Sequential::new);
    }

    @Test
    void aModuleIsPartOfOneModuleOnly() {
        Linear shared = new Linear(2, 2);
        try (Sequential net = new Sequential(shared)) {
            assertMessage(IllegalArgumentException.class,
                    "Sequential: Linear(2, 2) is already part of another module; make a new one",
                    () -> new Sequential(new Linear(2, 2), shared));
            assertSame(shared, net.get(0));
        }
    }

    @Test
    void aModuleCannotBeGivenTwice() {
        Linear twice = new Linear(2, 2);
        assertMessage(IllegalArgumentException.class,
                "Sequential: Linear(2, 2) is given twice, expected each module once; make a new one",
                () -> new Sequential(twice, new Linear(2, 2), twice));
        new Sequential(twice).close();
    }

    @Test
    void aRefusedSequentialAdoptsNobody() {
        Linear free = new Linear(2, 2);
        Linear taken = new Linear(2, 2);
        Linear closed = new Linear(2, 2);
        closed.close();
        try (Sequential _ = new Sequential(taken)) {
            assertThrows(IllegalArgumentException.class, () -> new Sequential(free, taken));
        }
        assertMessage(IllegalStateException.class, "Sequential: Linear(2, 2) is closed",
                () -> new Sequential(free, closed));
        new Sequential(free).close();
    }

    @Test
    void trainAndEvalReachEveryChild() {
        Linear deep = new Linear(2, 2);
        Sequential middle = new Sequential(new Sequential(deep));
        try (Sequential net = new Sequential(new Linear(2, 2), middle)) {
            assertTrue(deep.isTraining());
            assertSame(net, net.eval());
            assertFalse(net.isTraining());
            assertFalse(middle.isTraining());
            assertFalse(deep.isTraining());
            assertFalse(net.get(0).isTraining());
            middle.train();
            assertFalse(net.isTraining());
            assertFalse(net.get(0).isTraining());
            assertTrue(deep.isTraining());
            net.eval();
            assertSame(net, net.train());
            assertTrue(deep.isTraining());
            assertTrue(net.get(0).isTraining());
        }
    }

    @Test
    void shapesThatDoNotFollowEachOther() {
        try (Sequential net = new Sequential(new Linear(3, 4), new Linear(5, 1));
                FloatMatrix x = FloatMatrix.allocate(2, 3)) {
            assertMessage(IllegalArgumentException.class,
                    "Linear.forward: input is (2, 4), expected (2, 5) because inFeatures=5", () -> net.forward(x));
            assertMessage(IllegalArgumentException.class, "Linear: input has 4 features, expected inFeatures=5",
                    () -> net.outFeatures(3));
        }
    }

    @Test
    void aChildCanRunAlone() {
        try (FloatMatrix x = RandomTables.floats(RandomTables.random(1), 5, 3);
                FloatMatrix y = RandomTables.floats(RandomTables.random(2), 5, 4);
                Sequential net = new Sequential(new Linear(3, 4), new Linear(4, 2))) {
            Linear child = (Linear) net.get(0);
            Output hidden = child.forward(x);
            assertEquals(4, hidden.cols());
            FloatMatrix before = child.weight().value();
            new MSELoss().of(hidden, y).backward();
            assertTrue(child.weight().hasGrad());
            assertFalse(net.parameters().get(2).hasGrad());
            assertSame(before, child.weight().value(), "the parameters have not moved");
        }
    }

    @Test
    void aChildThatRunsAloneKeepsOtherGradients() {
        try (FloatMatrix x = RandomTables.floats(RandomTables.random(1), 5, 3);
                FloatMatrix y = RandomTables.floats(RandomTables.random(2), 5, 4);
                FloatMatrix z = RandomTables.floats(RandomTables.random(3), 5, 2);
                Sequential net = new Sequential(new Linear(3, 4), new Linear(4, 2))) {
            MSELoss loss = new MSELoss();
            loss.of(net.forward(x), z).backward();
            long bytes = net.bytesOffHeap();
            Parameter weight = net.parameters().get(0);
            float first = weight.grad().get(0, 0);
            loss.of(net.get(0).forward(x), y).backward();
            assertTrue(net.bytesOffHeap() > bytes, "the passes of the child count");
            float both = weight.grad().get(0, 0);
            net.zeroGrad();
            loss.of(net.get(0).forward(x), y).backward();
            assertEquals(first + weight.grad().get(0, 0), both);
        }
    }
}
