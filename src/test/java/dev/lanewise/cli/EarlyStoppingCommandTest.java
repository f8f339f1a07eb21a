// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `train --patience`.
class EarlyStoppingCommandTest {
    @TempDir
    Path folder;

    /// Labels that have nothing to do with the features: whatever is learnt is learnt by heart.
    private Path noise(String name, int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("a,b,c,y\n");
        for (int r = 0; r < rows; r++) {
            text.append(random.nextInt(100)).append(',').append(random.nextInt(100)).append(',')
                    .append(random.nextInt(100)).append(',').append(random.nextInt(3)).append('\n');
        }
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<Double> losses(CliRun run) {
        List<Double> losses = new ArrayList<>();
        for (String line : run.err().lines().toList()) {
            if (line.matches("epoch [0-9]+, .*")) {
                String from = line.substring(line.indexOf("val loss ") + 9);
                losses.add(Double.parseDouble(from.substring(0, from.indexOf(','))));
            }
        }
        return losses;
    }

    private static int best(List<Double> losses) {
        return losses.indexOf(losses.stream().min(Double::compare).orElseThrow()) + 1;
    }

    @Test
    void stopsAndKeepsTheBestEpoch() throws IOException {
        Path model = folder.resolve("m.safetensors");
        Path test = noise("test.csv", 31, 3);
        CliRun run = CliRun.of("train", "--data", noise("c.csv", 120, 1).toString(), "--label", "y", "--test",
                test.toString(), "--hidden", "30", "--batch-norm", "--epochs", "300", "--patience", "4", "--lr", "0.5",
                "--batch-size", "20", "--out", model.toString(), "--json").succeeded();
        List<Double> losses = losses(run);
        int best = best(losses);
        assertEquals(best + 4, losses.size(), run.err());
        assertTrue(run.err().contains("data: 108 rows to train on, 12 to validate on, 31 to test on, "), run.err());
        assertTrue(
                run.err().contains("\n4 epochs in a row without a smaller validation loss: stopped; kept the model of"
                        + " epoch " + best + "\n"),
                run.err());
        assertEquals(best, Json.number(run.out(), "best_epoch"));
        assertEquals(best + 4, Json.number(run.out(), "epochs"));
        assertEquals(6 * (best + 4), Json.number(run.out(), "steps"));
        assertEquals(12, Json.number(run.out(), "validation_rows"));
        assertEquals(losses.get(best - 1), Json.number(run.out(), "validation_loss"), 1e-5);
        CliRun used = CliRun.of("evaluate", model.toString(), "--data", test.toString(), "--json").succeeded();
        assertEquals(Json.number(run.out(), "test_accuracy"), Json.number(used.out(), "accuracy"));
    }

    @Test
    void rowsOfAFileAreValidatedOn() throws IOException {
        CliRun run = CliRun.of("train", "--data", noise("c.csv", 100, 1).toString(), "--label", "y", "--val",
                noise("v.csv", 17, 2).toString(), "--hidden", "30", "--epochs", "200", "--patience", "3", "--json")
                .succeeded();
        assertTrue(run.err().contains("data: 80 rows to train on, 17 to validate on, 20 to test on, "), run.err());
        assertEquals(best(losses(run)), Json.number(run.out(), "best_epoch"));
        CliRun.of("train", "--data", folder.resolve("c.csv").toString(), "--label", "y", "--val",
                folder.resolve("none.csv").toString(), "--patience", "3")
                .failed(66, folder.resolve("none.csv") + ": no such file");
    }

    @Test
    void allEpochsWithoutASmallerLossBeforeTheirEnd() {
        CliRun run = CliRun.of("train", "--data", "synthetic:200x3", "--epochs", "3", "--patience", "3",
                "--val-fraction", "0.25", "--json").succeeded();
        assertEquals(3, Json.number(run.out(), "best_epoch"));
        assertEquals(3, Json.number(run.out(), "epochs"));
        assertEquals(40, Json.number(run.out(), "validation_rows"));
        assertTrue(run.err().contains("\nkept the model of epoch 3\n"), run.err());
    }

    /// No difference is that large: the first epoch stays the best.
    @Test
    void onlyALargerDifferenceCounts() {
        CliRun run = CliRun.of("train", "--epochs", "9", "--patience", "2", "--min-delta", "1e6", "--json").succeeded();
        assertEquals(1, Json.number(run.out(), "best_epoch"));
        assertEquals(3, Json.number(run.out(), "epochs"));
        assertEquals(144, Json.number(run.out(), "validation_rows"));
    }

    @Test
    void withoutItNothingIsValidated() {
        CliRun run = CliRun.of("train", "--epochs", "1", "--json").succeeded();
        assertFalse(run.err().contains("val"), run.err());
        assertFalse(Json.names(run.out()).contains("best_epoch"));
    }
}
