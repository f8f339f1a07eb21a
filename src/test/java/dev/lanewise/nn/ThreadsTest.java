// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.optim.SGD;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class ThreadsTest {
    private final SplittableRandom random = RandomTables.random(70);

    private static Sequential net(String sizes) {
        int[] n = Arrays.stream(sizes.split("-")).mapToInt(Integer::parseInt).toArray();
        Linear[] layers = new Linear[n.length - 1];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Linear(n[i], n[i + 1]);
        }
        return new Sequential(layers).init(3);
    }

    /// Bits of all parameters after some steps: written out and at once in turn.
    private static int[] train(Sequential net, Rows x, Rows y, int threads) {
        net.threads(threads);
        assertEquals(threads, net.threads());
        CrossEntropyLoss loss = new CrossEntropyLoss();
        SGD sgd = new SGD(net.parameters(), 0.05f);
        for (int step = 0; step < 2; step++) {
            net.trainStep(x, y, loss, sgd, StepCheck.NONE);
            Loss computed = loss.of(net.forward(x), y);
            sgd.zeroGrad();
            computed.backward();
            sgd.step();
        }
        return bits(net);
    }

    private static int[] bits(Sequential net) {
        return net.parameters().stream().flatMapToInt(p -> Arrays.stream(RandomTables.bits(p.value()))).toArray();
    }

    @Test
    void confinedMemoryIsRefusedBeforeAWorkerMeetsIt() {
        try (Arena arena = Arena.ofConfined();
                Linear net = new Linear(3, 2);
                FloatMatrix shared = RandomTables.floats(random, 2, 3);
                FloatMatrix targets = FloatMatrix.allocate(2, 2)) {
            FloatMatrix confined = FloatMatrix.wrap(arena.allocate(FloatMatrix.bytes(2, 3), 64), 2, 3);
            FloatMatrix confinedTargets = FloatMatrix.wrap(arena.allocate(FloatMatrix.bytes(2, 2), 64), 2, 2);
            MSELoss loss = new MSELoss();
            SGD sgd = new SGD(net.parameters(), 0.05f);
            net.trainStep(confined.all(), confinedTargets.all(), loss, sgd, StepCheck.NONE);
            net.threads(3);
            String expected = " is confined to one thread, expected memory for 3; allocate it of Arena.ofShared() or"
                    + " Arena.ofAuto(), or set threads(1)";
            assertMessage(IllegalArgumentException.class,
                    "Linear(3, 2): the memory of 2 rows of FloatMatrix (2, 3)" + expected,
                    () -> net.forward(confined));
            assertMessage(IllegalArgumentException.class,
                    "Linear(3, 2): the memory of 2 rows of FloatMatrix (2, 2)" + expected,
                    () -> net.trainStep(shared.all(), confinedTargets.all(), loss, sgd, StepCheck.NONE));
            assertMessage(IllegalArgumentException.class,
                    "Linear(3, 2): the memory of 2 rows of FloatMatrix (2, 2)" + expected,
                    () -> loss.of(net.forward(shared), confinedTargets));
            net.trainStep(shared.all(), targets.all(), loss, sgd, StepCheck.NONE);
        }
    }

    @ParameterizedTest(name = "{0}, {1} rows")
    @CsvSource({"784-10, 300", "100-3, 4000", "48-40-10, 517", "33-100-17-5, 260", "17-1200, 130", "9-600-6, 1100"})
    void anyNumberOfThreadsGivesTheSameBits(String sizes, int rows) {
        int in = Integer.parseInt(sizes.substring(0, sizes.indexOf('-')));
        int classes = Integer.parseInt(sizes.substring(sizes.lastIndexOf('-') + 1));
        int[] labels = random.ints(rows, 0, classes).toArray();
        try (FloatMatrix features = RandomTables.floats(random, rows, in);
                ClassLabels targets = ClassLabels.copyOf(labels);
                NativeBuffer index = RandomTables.index(random, rows, rows)) {
            Rows x = new Rows(features, 0, 0);
            Rows y = new Rows(targets, 0, 0);
            x.moveTo(index.segment(), 0, rows);
            y.moveTo(index.segment(), 0, rows);
            try (Sequential alone = net(sizes)) {
                assertTrue(alone.threadsWorth(rows, in) > 1, "too little work for a second thread");
                int[] expected = train(alone, x, y, 1);
                for (int threads : new int[]{2, 3, 4, 7}) {
                    try (Sequential together = net(sizes)) {
                        assertTrue(Arrays.equals(expected, train(together, x, y, threads)), threads + " threads");
                    }
                }
            }
        }
    }

    /// One thread walks once over the rows of a linear regression, several take pieces of them in turn.
    @ParameterizedTest
    @ValueSource(ints = {17, 40, 100, 784, 1024})
    void linearRegressionGivesTheSameBits(int in) {
        int rows = 9000;
        try (FloatMatrix features = RandomTables.floats(random, rows, in);
                FloatMatrix targets = RandomTables.floats(random, rows, 1);
                NativeBuffer index = RandomTables.index(random, rows, rows);
                Sequential alone = net(in + "-1")) {
            assertEquals(2, RegressionRelay.threads(4000, in, 2), "too little work for a second thread");
            int[] expected = regression(alone, features, targets, index, 1);
            for (int threads : new int[]{2, 3, 4, 7}) {
                try (Sequential together = net(in + "-1")) {
                    for (int i = 0; i < 2; i++) {
                        together.init(3);
                        assertTrue(Arrays.equals(expected, regression(together, features, targets, index, threads)),
                                threads + " threads");
                    }
                }
            }
        }
    }

    /// Bits of the parameters, outputs and losses after steps of whole blocks of rows and of parts of one.
    private static int[] regression(Sequential net, FloatMatrix x, FloatMatrix y, NativeBuffer index, int threads) {
        net.threads(threads);
        SGD sgd = new SGD(net.parameters(), 0.001f);
        IntStream bits = IntStream.empty();
        for (int rows : new int[]{9000, 4097, 1000, 1024, 2048, 1025, 2500, 513, 3, 9000}) {
            Rows inputs = new Rows(x, 0, rows);
            Rows targets = new Rows(y, 0, rows);
            if (rows % 2 == 1) {
                inputs.moveTo(index.segment(), 100, rows);
                targets.moveTo(index.segment(), 100, rows);
            }
            Loss loss = net.trainStep(inputs, targets, new MSELoss(), sgd, StepCheck.NONE);
            long sum = Double.doubleToLongBits(loss.value());
            bits = IntStream.concat(bits, IntStream.of((int) sum, (int) (sum >>> 32)));
        }
        for (Parameter parameter : net.parameters()) {
            bits = IntStream.concat(bits, Arrays.stream(RandomTables.bits(parameter.value())));
        }
        return bits.toArray();
    }

    /// The threads that wait for their turn behind a row that there is not are told of it.
    @Test
    @Timeout(60)
    void aRowThatThereIsNotEndsTheStep() {
        int rows = 4000;
        try (FloatMatrix features = RandomTables.floats(random, rows, 100);
                FloatMatrix targets = RandomTables.floats(random, rows, 1);
                NativeBuffer index = RandomTables.index(random, rows, rows);
                Sequential net = net("100-1")) {
            net.threads(4);
            SGD sgd = new SGD(net.parameters(), 0.001f);
            Rows x = new Rows(features, 0, rows);
            Rows y = new Rows(targets, 0, rows);
            x.moveTo(index.segment(), 0, rows);
            for (int bad = 0; bad < rows; bad += 97) {
                int row = index.segment().getAtIndex(JAVA_INT, bad);
                index.segment().setAtIndex(JAVA_INT, bad, rows + 50);
                int[] before = bits(net);
                assertThrows(RuntimeException.class, () -> net.trainStep(x, y, new MSELoss(), sgd, StepCheck.NONE));
                assertTrue(Arrays.equals(before, bits(net)), "a step that failed changed a parameter");
                index.segment().setAtIndex(JAVA_INT, bad, row);
                net.trainStep(x, y, new MSELoss(), sgd, StepCheck.NONE);
            }
        }
    }

    /// A team that a small step is not worth must keep out of it: its chunks of rows follow one another.
    @Test
    void stepsTooSmallForTheTeamGiveTheSameBits() {
        int rows = 600;
        try (FloatMatrix features = RandomTables.floats(random, rows, 100);
                ClassLabels targets = ClassLabels.copyOf(random.ints(rows, 0, 3).toArray())) {
            Rows x = new Rows(features, 0, rows);
            Rows y = new Rows(targets, 0, rows);
            try (Sequential alone = net("100-3")) {
                assertEquals(1, alone.threadsWorth(rows, 100));
                int[] expected = train(alone, x, y, 1);
                for (int i = 0; i < 200; i++) {
                    try (Sequential team = net("100-3")) {
                        assertTrue(Arrays.equals(expected, train(team, x, y, 4)), "try " + i);
                    }
                }
            }
        }
    }

    @Test
    void threadsEndWithTheModule() {
        Sequential net = net("4-3");
        net.threads(3);
        long alive = workers();
        net.threads(2);
        assertEquals(alive - 1, workers());
        net.close();
        assertEquals(alive - 2, workers());
        assertMessage(IllegalStateException.class, net + " is closed", () -> net.threads(2));
    }

    @Test
    void aModuleThatBecomesPartOfAnotherHasItsThreads() {
        Linear layer = new Linear(4, 3);
        layer.threads(4);
        long alive = workers();
        try (Sequential net = new Sequential(layer)) {
            assertEquals(alive - 3, workers());
            assertEquals(1, layer.threads());
            layer.threads(2);
            assertEquals(2, net.threads());
        }
        assertEquals(alive - 3, workers());
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("lanewise-worker"))
                .count();
    }

    @Test
    void noSuchNumber() {
        try (Sequential net = net("4-3")) {
            assertMessage(IllegalArgumentException.class, "WorkerTeam: threads is 0, expected 1 to 1024",
                    () -> net.threads(0));
            assertMessage(IllegalArgumentException.class, "WorkerTeam: threads is 1025, expected 1 to 1024",
                    () -> net.threads(1025));
            assertEquals(1, net.threads());
        }
    }

    @Test
    void littleWorkIsWorthOneThread() {
        try (Sequential net = net("2-1")) {
            assertEquals(1, net.threadsWorth(10, 2));
            assertEquals(1, net.threadsWorth(1000, 2));
        }
    }

    @Test
    void aLinearRegressionOnLongRowsIsWorthSeveral() {
        try (Sequential net = net("100-1")) {
            assertEquals(1, net.threadsWorth(256, 100));
            assertEquals(4, net.threadsWorth(1024, 100));
        }
    }
}
