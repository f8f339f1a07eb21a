// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.TrainTest;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.OffHeapMemoryException;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.model.StateDict;
import dev.lanewise.model.WeightsHash;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Features stored as bytes give the bits of the same features stored as floats, whatever is done with them.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class ByteFeaturesTest {
    private static final float SCALE = 1f / 255f;

    private final SplittableRandom random = RandomTables.random(310);

    /// Rows whose label is the brightest part of the image, so that there is something to learn.
    private Dataset bytes(int rows, int cols, int classes) {
        byte[] pixels = new byte[rows * cols];
        random.nextBytes(pixels);
        int[] labels = new int[rows];
        for (int r = 0; r < rows; r++) {
            labels[r] = random.nextInt(classes);
            for (int c = labels[r]; c < cols; c += classes) {
                pixels[r * cols + c] = (byte) 0xF0;
            }
        }
        return Dataset.of(ByteMatrix.copyOf(pixels, rows, cols, SCALE), ClassLabels.copyOf(labels), classes);
    }

    private static Dataset floats(Dataset bytes) {
        ClassLabels labels = (ClassLabels) bytes.targets();
        int[] copy = new int[labels.rows()];
        Arrays.setAll(copy, labels::get);
        return Dataset.of(((ByteMatrix) bytes.features()).toFloats(), ClassLabels.copyOf(copy), bytes.classes());
    }

    static Stream<Arguments> models() {
        return Stream.of(model("softmax regression", 300, 784, 10, 64, () -> new Linear(784, 10)),
                model("odd sizes", 200, 37, 3, 7, () -> new Linear(37, 3)),
                model("many classes", 150, 50, 30, 32, () -> new Linear(50, 30)),
                model("two layers", 150, 65, 4, 50, () -> new Sequential(new Linear(65, 33), new Linear(33, 4))),
                model("a batch of more than a block of sums", 1300, 20, 2, 1200, () -> new Linear(20, 2)));
    }

    private static Arguments model(String name, int rows, int cols, int classes, int batch, Supplier<Module> net) {
        return Arguments.of(name, rows, cols, classes, batch, net);
    }

    /// The hash of the weights and everything that was reported on the way.
    private static String fused(Dataset data, Module net, int batch, boolean shuffled) {
        StringBuilder report = new StringBuilder();
        try (net) {
            SGD sgd = new SGD(net.init(1).parameters(), 0.1f);
            Batches batches = shuffled ? data.batches(batch).shuffle(3) : data.batches(batch);
            for (int epoch = 0; epoch < 2; epoch++) {
                report.append(Fit.trainEpoch(net, batches, new CrossEntropyLoss(), sgd)).append('\n');
            }
            report.append(Fit.evaluateAccuracy(net, data)).append(' ')
                    .append(Fit.evaluateLoss(net, data, new CrossEntropyLoss())).append('\n');
            try (FloatMatrix predictions = Fit.predict(net, data.features())) {
                report.append(Arrays.hashCode(RandomTables.bits(predictions))).append('\n');
            }
            return report.append(WeightsHash.sha256(StateDict.of(net))).toString();
        }
    }

    private static String written(Dataset data, Module net, int batch) {
        try (net) {
            SGD sgd = new SGD(net.init(1).parameters(), 0.1f);
            double sum = 0;
            for (var b : data.batches(batch).shuffle(3)) {
                Loss loss = new CrossEntropyLoss().of(net.forward(b.x()), b.y());
                sgd.zeroGrad();
                loss.backward();
                sgd.step();
                sum += loss.value();
            }
            return sum + " " + WeightsHash.sha256(StateDict.of(net));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void trainingGivesTheBitsOfFloats(String name, int rows, int cols, int classes, int batch, Supplier<Module> net) {
        try (Dataset bytes = bytes(rows, cols, classes); Dataset floats = floats(bytes)) {
            assertEquals(fused(floats, net.get(), batch, true), fused(bytes, net.get(), batch, true), name);
            assertEquals(fused(floats, net.get(), batch, false), fused(bytes, net.get(), batch, false), name);
            assertEquals(written(floats, net.get(), batch), written(bytes, net.get(), batch), name);
        }
    }

    @Test
    void oneModuleTakesBytesAndFloatsInTurn() {
        try (Dataset bytes = bytes(40, 37, 3); Dataset floats = floats(bytes); Linear net = new Linear(37, 3).init(1)) {
            for (int rows : new int[]{3, 40, 1, 40}) {
                int[] expected = bits(net, floats, rows);
                assertEquals(Arrays.toString(expected), Arrays.toString(bits(net, bytes, rows)), rows + " rows");
                assertEquals(Arrays.toString(expected), Arrays.toString(bits(net, floats, rows)), rows + " rows");
            }
        }
    }

    private static int[] bits(Module net, Dataset data, int rows) {
        var batch = data.batches(rows).shuffle(1).iterator().next();
        var output = net.forward(batch.x());
        int[] bits = new int[rows * 3];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(output.get(i / 3, i % 3));
        }
        return bits;
    }

    @Test
    void splitsAndSelectionsStayBytes() {
        try (Dataset bytes = bytes(20, 70, 3);
                Dataset floats = floats(bytes);
                TrainTest split = bytes.split(0.3, 5);
                TrainTest splitFloats = floats.split(0.3, 5);
                Dataset some = bytes.select(7, 7, 0)) {
            assertEquals(20L * 128 + 80, bytes.bytesOffHeap());
            assertEquals(SCALE, ((ByteMatrix) some.features()).scale());
            assertEquals(bytes.features().all().get(7, 69), some.features().all().get(1, 69));
            assertEquals(bytes.targets().all().label(7), some.targets().all().label(1));
            try (FloatMatrix a = ((ByteMatrix) split.train().features()).toFloats();
                    FloatMatrix b = ((ByteMatrix) split.test().features()).toFloats()) {
                RandomTables.assertSameBits((FloatMatrix) splitFloats.train().features(), a, "train");
                RandomTables.assertSameBits((FloatMatrix) splitFloats.test().features(), b, "test");
            }
        }
    }

    @Test
    void bytesAreNoTargets() {
        try (ByteMatrix bytes = ByteMatrix.allocate(2, 3, 1);
                FloatMatrix x = FloatMatrix.allocate(2, 3);
                Linear net = new Linear(3, 3)) {
            String message = "Loss: targets are bytes, expected class labels (ClassLabels) or rows of floats"
                    + " (FloatMatrix); ByteMatrix.toFloats() converts them";
            assertMessage(IllegalArgumentException.class, "CrossEntropy" + message,
                    () -> new CrossEntropyLoss().of(net.forward(x), bytes));
            assertMessage(IllegalArgumentException.class, "MSE" + message,
                    () -> new MSELoss().of(net.forward(x), bytes));
            assertMessage(IllegalArgumentException.class, "Dataset.of: targets are bytes, expected ClassLabels or a"
                    + " FloatMatrix; ByteMatrix.toFloats() converts them", () -> Dataset.of(x, bytes));
        }
    }

    @Test
    void closedBytesAreNamed() {
        ByteMatrix bytes = ByteMatrix.allocate(2, 3, 1);
        try (Linear net = new Linear(3, 2)) {
            net.forward(bytes);
            bytes.close();
            assertMessage(IllegalStateException.class, "ByteMatrix (2, 3) is closed", () -> net.forward(bytes));
        }
    }

    @Test
    void refusedMemoryLeavesTheModuleUsable() {
        try (ByteMatrix bytes = ByteMatrix.allocate(4, 300, 1); Linear net = new Linear(300, 2).init(1)) {
            net.forward(new Rows(bytes, 0, 1));
            long open = OffHeap.openBytes();
            OffHeap.setBudgetBytes(open + 100);
            assertThrows(OffHeapMemoryException.class, () -> net.forward(bytes));
            OffHeap.setBudgetBytes(open + (1 << 20));
            assertEquals(4, net.forward(bytes).count());
        }
    }
}
