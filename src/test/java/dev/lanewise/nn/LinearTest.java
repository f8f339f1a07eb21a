// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class LinearTest {
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "1, -1", "-2147483648, 3"})
    void sizesBelowOne(int in, int out) {
        assertMessage(IllegalArgumentException.class,
                "Linear: inFeatures=" + in + ", outFeatures=" + out + ", expected both to be at least 1",
                () -> new Linear(in, out));
    }

    @Test
    void tellsItsShape() {
        try (Linear with = new Linear(5, 3); Linear without = new Linear(5, 3, false)) {
            assertEquals(5, with.inFeatures());
            assertEquals(3, with.outFeatures());
            assertEquals(3, with.outFeatures(5));
            assertEquals("Linear(5, 3)", with.toString());
            assertEquals("Linear(5, 3, bias=false)", without.toString());
            assertEquals(List.of("weight", "bias"), List.copyOf(with.namedParameters().keySet()));
            assertEquals(List.of("weight"), List.copyOf(without.namedParameters().keySet()));
            assertNull(without.bias());
            assertFalse(with.weight().isVector());
            assertTrue(with.bias().isVector());
            assertEquals(3, with.weight().rows());
            assertEquals(5, with.weight().cols());
            assertEquals(1, with.bias().rows());
            assertEquals(3, with.bias().cols());
            assertEquals("weight", with.weight().localName());
            assertMessage(IllegalArgumentException.class, "Linear: input has 4 features, expected inFeatures=5",
                    () -> with.outFeatures(4));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "17, 10", "16, 16", "15, 17", "40, 33"})
    void forwardIsTheFormula(int in, int out) {
        SplittableRandom random = RandomTables.random(in * 100L + out);
        try (FloatMatrix x = RandomTables.floats(random, 6, in);
                NativeBuffer index = RandomTables.index(random, 9, 6);
                Linear with = new Linear(in, out).init(3);
                Linear without = new Linear(in, out, false)) {
            without.weight().value().segment().copyFrom(with.weight().value().segment());
            Rows picked = new Rows(x, 0, 0);
            picked.moveTo(index.segment(), 2, 5);
            for (Rows rows : List.of(x.all(), new Rows(x, 2, 3), picked)) {
                float[][] biased = with.forward(rows).matrix().toArray();
                Output plain = without.forward(rows);
                assertEquals(rows.count(), plain.count());
                assertEquals(out, plain.cols());
                for (int r = 0; r < rows.count(); r++) {
                    for (int o = 0; o < out; o++) {
                        double sum = 0;
                        double size = 0;
                        for (int i = 0; i < in; i++) {
                            double product = (double) rows.get(r, i) * with.weight().value().get(o, i);
                            sum += product;
                            size += Math.abs(product);
                        }
                        double bound = 2 * (in + 1) * 0x1p-24 * (size + 1);
                        assertEquals(sum, plain.get(r, o), bound);
                        assertEquals(sum + with.bias().value().get(0, o), biased[r][o], bound);
                    }
                }
            }
        }
    }

    @Test
    void inputOfTheWrongShape() {
        try (Linear net = new Linear(784, 10);
                FloatMatrix x = FloatMatrix.allocate(32, 783);
                ClassLabels labels = ClassLabels.allocate(32)) {
            String message = "Linear.forward: input is (32, 783), expected (32, 784) because inFeatures=784";
            assertMessage(IllegalArgumentException.class, message, () -> net.forward(x));
            try (FloatMatrix right = FloatMatrix.allocate(32, 784)) {
                net.forward(right);
                assertMessage(IllegalArgumentException.class, message, () -> net.forward(x));
                net.forward(right);
            }
            assertMessage(IllegalArgumentException.class, "forward: the batch is empty, expected at least one row",
                    () -> net.forward(new Rows(x, 0, 0)));
            assertMessage(IllegalArgumentException.class,
                    "forward: the input is class labels, expected rows of floats (FloatMatrix)",
                    () -> net.forward(labels));
        }
    }

    @Test
    void outputsAreReusedFromTheNextForwardButOne() {
        try (Linear net = new Linear(1, 1, false); FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1}, {2}, {3}})) {
            net.weight().value().set(0, 0, 10);
            Output first = net.forward(new Rows(x, 0, 1));
            Output second = net.forward(new Rows(x, 1, 1));
            assertEquals(10f, first.get(0, 0));
            assertEquals(20f, second.get(0, 0));
            assertSame(first, net.forward(new Rows(x, 2, 1)));
            assertEquals(30f, first.get(0, 0));
            assertEquals(20f, second.get(0, 0));
        }
    }

    @Test
    void fewerRowsAfterMoreTakeNoNewMemory() {
        try (Linear net = new Linear(1, 1); FloatMatrix x = FloatMatrix.allocate(100, 1)) {
            net.forward(x);
            net.forward(x);
            long open = OffHeap.openBytes();
            for (int rows = 1; rows <= 100; rows++) {
                assertEquals(rows, net.forward(new Rows(x, 0, rows)).count());
            }
            assertEquals(open, OffHeap.openBytes());
        }
    }

    @Test
    void anOutputCanBeAnInputUntilItsMemoryIsNeeded() {
        try (Linear net = new Linear(1, 1, false); FloatMatrix x = FloatMatrix.copyOf(new float[][]{{1}})) {
            net.weight().value().set(0, 0, 10);
            Output first = net.forward(x);
            assertEquals(100f, net.forward(first).get(0, 0));
            assertMessage(IllegalArgumentException.class,
                    "forward: the input is an output of this module whose memory this pass needs; copy it",
                    () -> net.forward(first));
            assertEquals(10f, first.get(0, 0));
        }
    }
}
