// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Synthetic;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The README's example: its lines stand in [#tutorial] character by character, are run, and print what the README
/// says.
@Tag("lanes")
@ExtendWith(NoLeak.class)
class TutorialLoopTest {
    private static final Path README = Path.of("README.md");
    private static final Path THIS = Path.of("src/test/java/dev/lanewise/TutorialLoopTest.java");

    private static void tutorial() {
        // README
        try (Dataset data = Synthetic.regression(new float[]{2, -3.4f}, 4.2f, 1000, 0.01f, 0);
                Sequential net = new Sequential(new Linear(2, 1));
                Trainer trainer = new Trainer(net, new MSELoss(), new SGD(net.parameters(), 0.03f))) {
            LossFunction loss = new MSELoss();
            Batches batches = data.batches(10).shuffle(0);
            for (int epoch = 0; epoch < 3; epoch++) {
                for (Batch batch : batches) {
                    Loss l = loss.of(net.forward(batch.x()), batch.y());
                    trainer.zeroGrad();
                    l.backward();
                    trainer.step();
                }
                System.out.printf("epoch %d, loss %f%n", epoch + 1,
                        loss.of(net.forward(data.features()), data.targets()).value());
            }
        }
        // README
    }

    /// What stands in `text` after the first line with `mark`, up to `end`.
    private static String between(String text, String mark, String end) {
        int start = text.indexOf('\n', text.indexOf(mark)) + 1;
        return text.substring(start, text.indexOf(end, start));
    }

    private static String readme(String mark, String fence) throws IOException {
        String text = Files.readString(README);
        return between(text.substring(text.indexOf(mark)), fence, "```");
    }

    private static String printed() {
        PrintStream console = System.out;
        Locale locale = Locale.getDefault();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            Locale.setDefault(Locale.ROOT);
            tutorial();
        } finally {
            System.setOut(console);
            Locale.setDefault(locale);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    void theReadmeHasTheseLines() throws IOException {
        String lines = between(Files.readString(THIS), "        // README", "        // README").stripTrailing();
        assertEquals(readme("<!-- tutorial -->", "```java"), lines.stripIndent() + "\n");
    }

    @Test
    void theReadmeSaysWhatTheyPrint() throws IOException {
        assertEquals(readme("It prints", "```"), printed());
    }

    @Test
    void theLossEndsAtTheNoise() {
        List<String> lines = printed().lines().toList();
        assertEquals(3, lines.size());
        double[] losses = new double[3];
        for (int epoch = 0; epoch < 3; epoch++) {
            String start = "epoch " + (epoch + 1) + ", loss ";
            assertTrue(lines.get(epoch).startsWith(start), lines.get(epoch));
            losses[epoch] = Double.parseDouble(lines.get(epoch).substring(start.length()));
        }
        assertTrue(losses[0] < 1e-3 && losses[0] > losses[2], "first loss " + losses[0]);
        assertEquals(1e-4, losses[2], 2e-5);
    }

    @Test
    void theTrueParametersAreFound() {
        for (long seed = 0; seed < 5; seed++) {
            Linear net = new Linear(2, 1).init(seed);
            try (Dataset data = Synthetic.regression(new float[]{2, -3.4f}, 4.2f, 1000, 0.01f, seed);
                    net;
                    Trainer trainer = new Trainer(net, new MSELoss(), new SGD(net.parameters(), 0.03f))) {
                Batches batches = data.batches(10).shuffle(seed);
                for (int epoch = 0; epoch < 3; epoch++) {
                    for (Batch batch : batches) {
                        trainer.trainStep(batch);
                    }
                }
                assertEquals(2, net.weight().value().get(0, 0), 2e-3, "seed " + seed);
                assertEquals(-3.4, net.weight().value().get(0, 1), 2e-3, "seed " + seed);
                assertEquals(4.2, net.bias().value().get(0, 0), 2e-3, "seed " + seed);
                assertEquals(1e-4, Fit.evaluateLoss(net, data, new MSELoss()), 2e-5, "seed " + seed);
            }
        }
    }
}
