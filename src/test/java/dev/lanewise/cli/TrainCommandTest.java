// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainCommandTest {
    private static final String CLASSES = "a,b,y\n1,2,-5\n2,1,7\n1,3,-5\n4,4,7\n1,9,-5\n3,1,7\n0,2,-5\n5,1,7\n";
    private static final String NUMBERS = "a,y\n1,2.5\n2,4.5\n3,6.5\n4,8.5\n5,10.5\n6,12.5\n";

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<String> lines(CliRun run) {
        return run.succeeded().err().lines().toList();
    }

    @Test
    void noArgumentTrainsDigitsToTheirKnownAccuracy() {
        CliRun run = CliRun.of("train", "--json");
        assertTrue(Json.number(run.succeeded().out(), "test_accuracy") >= 0.95, run.out());
        assertEquals(50, Json.number(run.out(), "epochs"));
        assertEquals(4500, Json.number(run.out(), "steps"));
        assertEquals(16, Json.number(run.out(), "batch_size"));
        assertEquals(0.1, Json.number(run.out(), "learning_rate"));
        assertEquals(run.out().substring(run.out().indexOf("\"weights_sha256\"")),
                lastOf(CliRun.of("train", "--data", "digits", "--json")), "digits named and not named");
    }

    private static String lastOf(CliRun run) {
        return run.out().substring(run.out().indexOf("\"weights_sha256\""));
    }

    @Test
    void progressSaysWhatHappensInAFixedForm() {
        List<String> lines = lines(CliRun.of("train", "--epochs", "2", "--threads", "1"));
        assertEquals("task classification: digits are labelled 0 to 9", lines.get(0));
        assertEquals("data: 1438 rows to train on, 359 to test on, 64 features, 10 classes", lines.get(1));
        assertTrue(lines.get(2)
                .matches("memory: [0-9.]+ KiB off-heap for data, model and training, limit [0-9.]+ [MGT]iB; "
                        + "heap limit [0-9.]+ [MGT]iB"),
                lines.get(2));
        assertEquals("model Sequential(Linear(64, 10)), batch 16, learning rate 0.1, seed 0, kernels "
                + Kernels.active() + ", threads 1 (asked for by --threads)", lines.get(3));
        for (int epoch = 1; epoch <= 2; epoch++) {
            assertTrue(
                    lines.get(3 + epoch).matches("epoch " + epoch + ", loss [01]\\.[0-9]{6}, train acc 0\\.[0-9]{4}, "
                            + "test acc 0\\.[0-9]{4}, [0-9]+ samples/s"),
                    lines.get(3 + epoch));
        }
        assertTrue(lines.get(6).matches("trained 180 steps in [0-9]+\\.[0-9]{3} s, weights sha256 [0-9a-f]{64}"),
                lines.get(6));
        assertEquals("hint: the model was not saved; --out MODEL.safetensors saves it", lines.get(7));
        assertEquals(8, lines.size());
    }

    @Test
    void syntheticRegressionEndsNearTheNoise() {
        CliRun run = CliRun.of("train", "--data", "synthetic:1000x2", "--epochs", "3", "--batch-size", "10", "--json");
        assertEquals("regression", Json.text(run.succeeded().out(), "task"));
        assertEquals(1e-4, Json.number(run.out(), "test_loss"), 3e-5);
        assertEquals(1e-4, Json.number(run.out(), "train_loss"), 3e-5);
        assertEquals(0.03, Json.number(run.out(), "learning_rate"));
        assertEquals(240, Json.number(run.out(), "steps"));
        String epoch = lines(run).get(6);
        assertTrue(epoch.matches("epoch 3, loss 0\\.0000[0-9]{2}, test loss 0\\.000[0-9]{3}, [0-9]+ samples/s"), epoch);
    }

    @Test
    void jsonIsOneObjectWithItsFieldsInOrder() throws IOException {
        Path data = write("x.csv", CLASSES);
        Path model = folder.resolve("m.safetensors");
        CliRun run = CliRun.of("train", "--data", data.toString(), "--label", "y", "--out", model.toString(), "--json");
        assertEquals(
                List.of("task", "test_accuracy", "train_loss", "train_accuracy", "classes", "epochs", "steps", "rows",
                        "test_rows", "features", "network", "parameters", "batch_size", "optimizer", "learning_rate",
                        "momentum", "nesterov", "weight_decay", "schedule", "seed", "samples_per_second",
                        "seconds_total",
                        "seconds_training", "seconds_to_full_speed", "kernels", "threads", "weights_sha256", "model"),
                Json.names(run.succeeded().out()));
        assertEquals("classification", Json.text(run.out(), "task"));
        assertEquals(2, Json.number(run.out(), "classes"));
        assertEquals(6, Json.number(run.out(), "rows"));
        assertEquals(2, Json.number(run.out(), "test_rows"));
        assertEquals(2, Json.number(run.out(), "features"));
        assertEquals(10, Json.number(run.out(), "steps"));
        assertEquals(1, Json.number(run.out(), "threads"));
        assertEquals(Kernels.active(), Json.text(run.out(), "kernels"));
        assertEquals(model.toString(), Json.text(run.out(), "model"));
        assertTrue(Json.number(run.out(), "seconds_total") > Json.number(run.out(), "seconds_training"));
        assertTrue(lines(run).contains("saved " + model));
    }

    @Test
    void labelsOfACsvFileDecideTheTask() throws IOException {
        String classes = write("c.csv", CLASSES).toString();
        String numbers = write("n.csv", NUMBERS).toString();
        assertEquals("task classification: column 'y' has 2 distinct whole numbers and nothing else",
                lines(CliRun.of("train", "--data", classes, "--label", "y")).getFirst());
        assertEquals("task regression: column 'y' has the value '2.5' in row 2, which is no whole number",
                lines(CliRun.of("train", "--data", numbers, "--label", "y")).getFirst());
        assertEquals("task regression: asked for by --task",
                lines(CliRun.of("train", "--data", classes, "--label", "y", "--task", "regression")).getFirst());
        assertEquals("task classification: asked for by --task",
                lines(CliRun.of("train", "--data", classes, "--label", "y", "--task", "classification")).getFirst());
    }

    @Test
    void batchBeyondTheRowsIsWarnedOfOnce() throws IOException {
        String data = write("c.csv", CLASSES).toString();
        CliRun large = CliRun.of("train", "--data", data, "--label", "y", "--batch-size", "100", "--json");
        assertEquals(1, large.succeeded().err().split("lanewise: warning:", -1).length - 1);
        assertTrue(large.err().contains("lanewise: warning: --batch-size 100 is more than the 6 rows to train on; "
                + "each step uses all rows\n"), large.err());
        CliRun all = CliRun.of("train", "--data", data, "--label", "y", "--batch-size", "6", "--json");
        assertFalse(all.err().contains("warning"), all.err());
        assertEquals(lastOf(all), lastOf(large));
    }

    @Test
    void oneRowTrainsWithoutATestSet() throws IOException {
        String data = write("one.csv", "a,b,y\n1,2,0.5\n").toString();
        CliRun run = CliRun.of("train", "--data", data, "--label", "y", "--json");
        assertTrue(run.succeeded().err()
                .startsWith("lanewise: warning: too few rows for a test set (1); there will be no test figure\n"),
                run.err());
        assertFalse(Json.names(run.out()).contains("test_loss"), run.out());
        assertTrue(run.err().contains("data: 1 row to train on, none to test on, 2 features\n"), run.err());
    }

    @Test
    void constantFeatureDoesNoHarm() throws IOException {
        String data = write("c.csv", CLASSES.replaceAll("(?m)^(\\d),(\\d)", "$1,4")).toString();
        CliRun.of("train", "--data", data, "--label", "y").succeeded();
        CliRun.of("train", "--data", write("n.csv", NUMBERS.replaceAll("(?m)^\\d", "7")).toString(), "--label", "y")
                .succeeded();
    }

    @ParameterizedTest
    @CsvSource({"3e38,classification", "1e30,regression", "3e38,regression"})
    void divergedRunSaysStepLossAndRateAndSavesNothing(String rate, String task) throws IOException {
        String data = write("c.csv", CLASSES).toString();
        Path model = folder.resolve("m.safetensors");
        CliRun run = CliRun.of("train", "--data", data, "--label", "y", "--task", task, "--lr", rate, "--scale", "none",
                "--out",
                model.toString(), "--json");
        assertEquals(76, run.code(), run.err());
        assertEquals("", run.out());
        String error = run.err().lines().filter(line -> line.startsWith("lanewise: error:")).findFirst().orElseThrow();
        assertTrue(error
                .matches("lanewise: error: training diverged at step [0-9]+ of epoch [0-9]+: "
                        + "(the loss is (NaN|Infinity), (the last finite one was [0-9.E]+|no step of this epoch before "
                        + "had a finite one)(; parameter 0.(weight|bias) is not finite since [a-z0-9 ]+)?|"
                        + "parameter 0.(weight|bias) is not "
                        + "finite after it, the loss before it was [0-9.E]+)"
                        + "(; the gradients of step [0-9]+ were not finite, or too large; clipping by norm "
                        + "finds such ones before they are used)?(; the largest gradient is [0-9.EaNInfity]+, "
                        + "of 0.(weight|bias))?; the learning rate is " + rate.replace("e", "\\.0E").replace("+", "")
                        + "; the largest feature is column [01] \\([ab]\\), root mean square [0-9.]+; "
                        + "try a smaller learning rate"),
                error);
        assertFalse(Files.exists(model));
    }

    /// Losses and weights are finite, the variance of the hidden values is not, and a file with it could not be read.
    @Test
    void runningStatisticsThatOverflowAreNotSaved() throws IOException {
        String data = write("big.csv", "a,y\n" + "1e25,0.5\n-1e25,0.25\n3e24,0.75\n".repeat(5)).toString();
        Path model = Files.writeString(folder.resolve("m.safetensors"), "of before");
        CliRun run = CliRun.of("train", "--data", data, "--label", "y", "--scale", "none", "--hidden", "8",
                "--batch-norm", "--batch-size", "6", "--epochs", "1", "--out", model.toString(), "--overwrite");
        assertEquals(76, run.code(), run.err());
        assertTrue(run.err().endsWith("lanewise: error: diverged: 1.running_var has a value that is not finite after"
                + " training, no model was saved; try scaled features\n"), run.err());
        assertEquals("of before", Files.readString(model));
    }

    @Test
    void weightsThatOverflowInTheLastStepAreNotSaved() throws IOException {
        String data = write("n.csv", NUMBERS).toString();
        Path model = folder.resolve("m.safetensors");
        CliRun run = CliRun.of("train", "--data", data, "--label", "y", "--epochs", "1", "--lr", "3e38", "--out",
                model.toString());
        assertEquals(76, run.code(), run.err());
        assertTrue(run.err().contains("lanewise: error: training diverged at step 1 of epoch 1: parameter 0.weight is "
                + "not finite after it, the loss before it was "), run.err());
        assertFalse(Files.exists(model));
    }

    @Test
    void sameCommandGivesTheSameFileAndAnotherSeedAnother() throws IOException {
        String data = write("c.csv", CLASSES).toString();
        Path model = folder.resolve("m.safetensors");
        String[] command = {"train", "--data", data, "--label", "y", "--out", model.toString(), "--overwrite",
                "--json"};
        String first = CliRun.of(command).succeeded().out();
        byte[] bytes = Files.readAllBytes(model);
        assertEquals(lastOf(CliRun.of(command)), first.substring(first.indexOf("\"weights_sha256\"")));
        assertArrayEquals(bytes, Files.readAllBytes(model));
        CliRun other = CliRun.of("train", "--data", data, "--label", "y", "--seed", "-1", "--json");
        assertNotEquals(Json.text(first, "weights_sha256"), Json.text(other.succeeded().out(), "weights_sha256"));
    }

    @Test
    void testFileReplacesTheSplit() throws IOException {
        String data = write("c.csv", CLASSES).toString();
        String test = write("t.csv", "y,b,a\n7,1,9\n-5,9,0\n-5,1,9\n").toString();
        CliRun run = CliRun.of("train", "--data", data, "--label", "y", "--test", test, "--json");
        assertEquals(8, Json.number(run.succeeded().out(), "rows"));
        assertEquals(3, Json.number(run.out(), "test_rows"));
        assertEquals(2 / 3.0, Json.number(run.out(), "test_accuracy"));
    }

    @Test
    void localeDoesNotMatter() throws IOException {
        String data = write("n.csv", NUMBERS).toString();
        String[] command = {"train", "--data", data, "--label", "y"};
        Locale before = Locale.getDefault();
        try {
            String expected = withoutSpeed(CliRun.of(command));
            for (String tag : new String[]{"tr-TR", "de-DE", "ar-EG"}) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertEquals(expected, withoutSpeed(CliRun.of(command)));
                CliRun.of("train", "--task", "AUTOMATIC").failed(2,
                        "--task: no such choice (got 'AUTOMATIC'), expected "
                                + "auto, regression or classification");
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    private static String withoutSpeed(CliRun run) {
        return run.succeeded().err().replaceAll("[0-9]+ samples/s", "").replaceAll("in [0-9.]+ s", "");
    }
}
