// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Batches;
import dev.lanewise.data.FeatureStorage;
import dev.lanewise.data.IdxReader;
import dev.lanewise.data.TrainTest;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A multilayer perceptron on MNIST in 15 lines, and what it reaches.
@ExtendWith(NoLeak.class)
class MnistProgramTest {
    private static void program(Path folder) throws IOException {
        // README
        try (TrainTest mnist = IdxReader.read(folder, FeatureStorage.BYTES);
                Sequential net = new Sequential(new Linear(784, 256), new ReLU(), new Dropout(0.2f),
                        new Linear(256, 10))) {
            net.threads(Runtime.getRuntime().availableProcessors());
            LossFunction loss = new CrossEntropyLoss();
            Optimizer optimizer = new SGD(net.parameters(), 0.1f).momentum(0.9f);
            Batches batches = mnist.train().batches(256).shuffle(0);
            for (int epoch = 1; epoch <= 10; epoch++) {
                EpochResult result = Fit.trainEpoch(net, batches, loss, optimizer);
                System.out.println("epoch " + epoch + ", loss " + result.loss() + ", train acc " + result.accuracy()
                        + ", test acc " + Fit.evaluateAccuracy(net, mnist.test()));
            }
            System.out.print(net.summary());
        }
        // README
    }

    @Test
    void reachesWhatPyTorchReaches() throws IOException {
        String data = System.getenv("LANEWISE_DATA");
        Assumptions.assumeTrue(data != null && Files.isDirectory(Path.of(data, "mnist")),
                "LANEWISE_DATA names no folder with mnist");
        PrintStream console = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            program(Path.of(data, "mnist"));
        } finally {
            System.setOut(console);
        }
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        String last = lines.get(9);
        assertTrue(last.startsWith("epoch 10, "), last);
        assertTrue(Double.parseDouble(last.substring(last.lastIndexOf(' ') + 1)) >= 0.979, last);
        assertEquals("Sequential of (rows, 784)", lines.get(10));
    }

    @Test
    void theReadmeHasTheseLines() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/lanewise/MnistProgramTest.java"));
        String mark = "        // README\n";
        int start = source.indexOf(mark) + mark.length();
        String lines = source.substring(start, source.indexOf(mark, start)).stripTrailing().stripIndent();
        assertTrue(Files.readString(Path.of("README.md")).contains("```java\n" + lines + "\n```"), lines);
    }
}
