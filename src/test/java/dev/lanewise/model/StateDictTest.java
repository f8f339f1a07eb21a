// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.data.Task;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Sequential;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateDictTest {
    private static Sequential net() {
        return new Sequential(new Linear(5, 3), new Linear(3, 2, false));
    }

    @AfterEach
    void nothingIsOpen() {
        assertEquals(0, OffHeap.openBytes());
    }

    @Test
    void hasPyTorchsNamesShapesAndOrder() {
        try (Sequential net = net()) {
            assertEquals(List.of("0.weight [3, 5]", "0.bias [3]", "1.weight [2, 3]"),
                    StateDict.of(net).stream().map(t -> t.name() + " " + t.shape()).toList());
        }
    }

    @Test
    void loadsIntoAModuleOfTheSameShapeInAnyOrder() {
        try (Sequential from = net().init(1); Sequential to = net().init(2)) {
            String hash = WeightsHash.sha256(StateDict.of(from));
            assertNotEquals(hash, WeightsHash.sha256(StateDict.of(to)));
            StateDict.load(to, StateDict.of(from).reversed());
            assertEquals(hash, WeightsHash.sha256(StateDict.of(to)));
        }
    }

    @Test
    void refusesOtherTensorsAndCopiesNothing() {
        try (Sequential from = net().init(1);
                Sequential to = net().init(2);
                FloatMatrix other = FloatMatrix.allocate(1, 3)) {
            String before = WeightsHash.sha256(StateDict.of(to));
            List<NamedTensor> tensors = StateDict.of(from);
            assertRefused(to, tensors.subList(0, 2), "StateDict.load: the tensors are not those of " + to
                    + ": missing '1.weight'");
            assertRefused(to, List.of(tensors.get(0), tensors.get(1), tensors.get(2), tensors.get(1)),
                    "StateDict.load: the tensors are not those of " + to
                            + ": given twice '0.bias'");
            assertRefused(to, List.of(tensors.get(0), NamedTensor.matrix("0.bias", other), tensors.get(2)),
                    "StateDict.load: the tensors are not those of " + to
                            + ": of another shape '0.bias' [1, 3] for [3]");
            assertRefused(to, List.of(NamedTensor.vector("0.weight", other), tensors.get(1), tensors.get(2)),
                    "StateDict.load: the tensors are not those of " + to
                            + ": of another shape '0.weight' [3] for [3, 5]");
            assertRefused(to, List.of(NamedTensor.vector("0.weight", other), NamedTensor.vector("x", other),
                    NamedTensor.vector("y", other), NamedTensor.vector("x", other),
                    NamedTensor.matrix("0.bias", other)),
                    "StateDict.load: the tensors are not those of " + to
                            + ": missing '1.weight'; unexpected 'x', 'y'; given twice 'x'; of another shape '0.weight'"
                            + " [3] for [3, 5], '0.bias' [1, 3] for [3]");
            assertEquals(before, WeightsHash.sha256(StateDict.of(to)));
        }
    }

    @Test
    void notStrictTakesWhatFitsAndTellsTheRest() {
        try (Sequential from = net().init(1);
                Sequential to = net().init(2);
                FloatMatrix other = FloatMatrix.allocate(1, 3)) {
            List<NamedTensor> tensors = StateDict.of(from);
            float kept = tensors.get(2).values().get(0, 0);
            StateDict.IncompatibleKeys keys = StateDict.load(to,
                    List.of(tensors.get(1), NamedTensor.vector("x", other), tensors.get(0)), false);
            assertEquals(new StateDict.IncompatibleKeys(List.of("1.weight"), List.of("x")), keys);
            assertEquals(tensors.get(0).values().get(2, 4), StateDict.of(to).get(0).values().get(2, 4));
            assertNotEquals(kept, StateDict.of(to).get(2).values().get(0, 0));
            assertEquals(new StateDict.IncompatibleKeys(List.of(), List.of()), StateDict.load(to, tensors, true));
            assertEquals("StateDict.load: the tensors are not those of " + to
                    + ": of another shape '0.bias' [1, 3] for [3]",
                    assertThrows(IllegalArgumentException.class,
                            () -> StateDict.load(to, List.of(NamedTensor.matrix("0.bias", other)), false))
                            .getMessage());
        }
    }

    private static void assertRefused(Sequential to, List<NamedTensor> tensors, String message) {
        assertEquals(message,
                assertThrows(IllegalArgumentException.class, () -> StateDict.load(to, tensors)).getMessage());
    }

    @Test
    void makesTheModuleOfALoadedModel() {
        ModelConfig config = new ModelConfig(Task.REGRESSION, DataKind.MEMORY, "", List.of(),
                List.of(new LinearConfig(5, 3, true), new LinearConfig(3, 2, false)), List.of(), null);
        try (Sequential from = net().init(1);
                Sequential made = StateDict.module(new LoadedModel(config, StateDict.of(from)))) {
            assertEquals(WeightsHash.sha256(StateDict.of(from)), WeightsHash.sha256(StateDict.of(made)));
            assertEquals(from.toString(), made.toString());
            assertFalse(made.isTraining());
        }
    }

    @Test
    void namesTheFirstTensorThatIsNotFinite() {
        try (Sequential net = net()) {
            assertEquals("", StateDict.firstNotFinite(StateDict.of(net)));
            StateDict.of(net).get(2).values().set(1, 2, Float.NaN);
            assertEquals("1.weight", StateDict.firstNotFinite(StateDict.of(net)));
            StateDict.of(net).get(1).values().set(0, 0, Float.NEGATIVE_INFINITY);
            assertEquals("0.bias", StateDict.firstNotFinite(StateDict.of(net)));
        }
    }
}
