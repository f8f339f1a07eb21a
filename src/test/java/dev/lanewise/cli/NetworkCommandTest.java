// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Hidden layers and optimizers on the command line.
class NetworkCommandTest {
    @TempDir
    Path folder;

    private static CliRun train(String options) {
        return CliRun.of(("train " + options + " --json").split(" "));
    }

    @Test
    void aNetworkIsTrainedSavedAndUsed() {
        String model = folder.resolve("m.safetensors").toString();
        CliRun run = train(
                "--hidden 40,12 --activation tanh --dropout 0.1 --momentum 0.9 --nesterov --weight-decay 1e-4"
                        + " --lr 0.02 --epochs 20 --schedule cosine:min=1e-3,warmup=1 --out " + model);
        assertEquals("Sequential(Linear(64, 40), Tanh(), Dropout(p=0.1), Linear(40, 12), Tanh(), Dropout(p=0.1),"
                + " Linear(12, 10))", Json.text(run.succeeded().out(), "network"));
        assertEquals(64 * 40 + 40 + 40 * 12 + 12 + 12 * 10 + 10, Json.number(run.out(), "parameters"));
        assertEquals("sgd", Json.text(run.out(), "optimizer"));
        assertEquals(0.9, Json.number(run.out(), "momentum"), 1e-7);
        assertEquals(1e-4, Json.number(run.out(), "weight_decay"), 1e-9);
        assertEquals("cosine:min=1e-3,warmup=1", Json.text(run.out(), "schedule"));
        assertTrue(run.out().contains("\"nesterov\":true"), run.out());
        assertTrue(run.err().contains(", batch 16, learning rate 0.02, momentum 0.9 (Nesterov), weight decay 1.0E-4,"
                + " schedule cosine:min=1e-3,warmup=1, seed 0, "), run.err());
        double accuracy = Json.number(run.out(), "test_accuracy");
        assertTrue(accuracy >= 0.92, run.out());
        CliRun evaluated = CliRun.of("evaluate", model, "--data", "digits", "--json").succeeded();
        assertEquals(accuracy, Json.number(evaluated.out(), "accuracy"));
        assertEquals(Json.text(run.out(), "weights_sha256"), Json.text(evaluated.out(), "weights_sha256"));
        List<String> lines = CliRun.of("predict", model, "--data", "digits").succeeded().out().lines().toList();
        assertEquals(360, lines.size());
    }

    @ParameterizedTest
    @CsvSource({"--hidden 20", "--hidden 20 --activation sigmoid", "--hidden 7 --optimizer adam",
            "--hidden 20 --dropout 0.5", "--optimizer adam --weight-decay 0.1", "--momentum 0.5 --weight-decay 0.1",
            "--hidden 20 --activation gelu --batch-norm --optimizer adamw", "--hidden 20 --activation leaky_relu",
            "--hidden 9 --activation mish --optimizer rmsprop --momentum 0.9 --schedule cosine",
            "--hidden 20 --activation softplus --optimizer adagrad",
            "--hidden 20 --activation elu --schedule onecycle"})
    void theSameBitsForAnyNumberOfThreadsAndOthersForAnotherSeed(String options) {
        String fixed = options + " --data synthetic:300x40 --batch-size 150 --epochs 2 --seed ";
        String hash = Json.text(train(fixed + "1 --threads 1").succeeded().out(), "weights_sha256");
        assertEquals(hash, Json.text(train(fixed + "1 --threads 3").succeeded().out(), "weights_sha256"));
        assertNotEquals(hash, Json.text(train(fixed + "2 --threads 1").succeeded().out(), "weights_sha256"));
    }

    @Test
    void batchNormalizationNeedsTwoRows() {
        CliRun run = train("--hidden 8 --batch-norm --batch-size 1");
        assertEquals(2, run.code());
        assertTrue(
                run.err().endsWith("lanewise: error: --batch-norm: batches of 1 leave one of a single row of the 1438"
                        + " rows to train on, expected at least two rows in each; choose another --batch-size\n"),
                run.err());
    }

    @Test
    void adamHasARateOfItsOwn() {
        CliRun run = train("--optimizer adam --epochs 1");
        assertEquals(0.001, Json.number(run.succeeded().out(), "learning_rate"), 1e-9);
        assertEquals("adam", Json.text(run.out(), "optimizer"));
        assertTrue(run.err().contains("learning rate 0.001, optimizer adam, seed 0"), run.err());
    }

    /// Three epochs of the network that reaches 0.979 and more in ten.
    @Test
    void learnsHandwrittenDigits() {
        String data = System.getenv("LANEWISE_DATA");
        Assumptions.assumeTrue(data != null && Files.isDirectory(Path.of(data, "mnist")),
                "LANEWISE_DATA names no folder with mnist");
        CliRun run = train("--data idx:" + Path.of(data, "mnist") + " --hidden 256 --dropout 0.2 --momentum 0.9"
                + " --epochs 3");
        assertTrue(Json.number(run.succeeded().out(), "test_accuracy") >= 0.97, run.out());
    }
}
