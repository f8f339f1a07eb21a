// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `evaluate` and `predict`, with models that `train` made.
class UseCommandsTest {
    private static final String CLASSES = "a,b,y\n1,2,-5\n2,1,7\n1,3,-5\n4,4,7\n1,9,-5\n3,1,7\n0,2,-5\n5,1,7\n";

    @TempDir
    Path folder;

    private String write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private String train(String... more) {
        String[] args = new String[more.length + 4];
        System.arraycopy(more, 0, args, 0, more.length);
        String model = folder.resolve("m.safetensors").toString();
        System.arraycopy(new String[]{"--out", model, "--overwrite", "--json"}, 0, args, more.length, 4);
        trained = CliRun.of(args).succeeded().out();
        return model;
    }

    private String trained = "";

    @Test
    void digitsAreEvaluatedOnTheirTestRows() {
        String model = train("train", "--epochs", "3");
        CliRun run = CliRun.of("evaluate", model, "--data", "digits", "--json").succeeded();
        assertEquals(List.of("task", "accuracy", "rows", "kernels", "weights_sha256"), Json.names(run.out()));
        assertEquals(Json.number(trained, "test_accuracy"), Json.number(run.out(), "accuracy"));
        assertEquals(Json.text(trained, "weights_sha256"), Json.text(run.out(), "weights_sha256"));
        assertEquals(359, Json.number(run.out(), "rows"));
        assertTrue(run.err().matches("accuracy 0\\.[0-9]{4} on 359 rows, kernels " + Kernels.active()
                + ", weights sha256 [0-9a-f]{64}\n"), run.err());
    }

    @Test
    void aTestFileGivesTheSameFigureAgain() throws IOException {
        String test = write("t.csv", "y,b,a\n7,1,9\n-5,9,0\n-5,1,9\n");
        String model = train("train", "--data", write("c.csv", CLASSES), "--label", "y", "--test", test);
        CliRun run = CliRun.of("evaluate", model, "--data", test, "--json").succeeded();
        assertEquals(Json.number(trained, "test_accuracy"), Json.number(run.out(), "accuracy"));
        String renamed = write("r.csv", "z,b,a\n7,1,9\n-5,9,0\n-5,1,9\n");
        assertEquals(run.out(),
                CliRun.of("evaluate", model, "--data", renamed, "--label", "z", "--json").succeeded().out());
    }

    @Test
    void regressionIsEvaluatedByItsLoss() throws IOException {
        String test = write("t.csv", "y,a,b\n1.5,1,2\n0.25,3,4\n");
        String model = train("train", "--data", write("n.csv", CLASSES), "--label", "y", "--task", "regression",
                "--test",
                test);
        CliRun run = CliRun.of("evaluate", model, "--data", test, "--json").succeeded();
        assertEquals(List.of("task", "loss", "rows", "kernels", "weights_sha256"), Json.names(run.out()));
        assertEquals(Json.number(trained, "test_loss"), Json.number(run.out(), "loss"));
        assertTrue(run.err().startsWith("loss "), run.err());
    }

    @Test
    void syntheticDataDependsOnTheSeed() {
        String model = train("train", "--data", "synthetic:200x3", "--seed", "5", "--epochs", "50", "--batch-size",
                "10");
        double same = Json.number(
                CliRun.of("evaluate", model, "--data", "synthetic:200x3", "--seed", "5", "--json").succeeded().out(),
                "loss");
        double other = Json.number(
                CliRun.of("evaluate", model, "--data", "synthetic:200x3", "--json").succeeded().out(), "loss");
        assertTrue(same < 2e-4 && other > 0.1, same + " " + other);
    }

    @Test
    void predictionsAreLabelsWithTheirProbability() throws IOException {
        String model = train("train", "--data", write("c.csv", CLASSES), "--label", "y", "--epochs", "20");
        String data = write("p.csv", "b,y,a\n1,7,9\n9,1,0\n");
        List<String> lines = CliRun.of("predict", model, "--data", data).succeeded().out().lines().toList();
        assertEquals("prediction,probability", lines.getFirst());
        assertTrue(lines.get(1).startsWith("7,0.9"), lines.get(1));
        assertTrue(lines.get(2).startsWith("-5,0.9"), lines.get(2));
        assertEquals(3, lines.size());
        String unlabelled = write("u.csv", "b,a\n1,9\n9,0\n");
        assertEquals(lines, CliRun.of("predict", model, "--data", unlabelled).succeeded().out().lines().toList());
    }

    @Test
    void predictionsOfNumbersHaveOneColumn() {
        String model = train("train", "--data", "synthetic:50x2", "--epochs", "30", "--batch-size", "10");
        List<String> lines = CliRun.of("predict", model, "--data", "synthetic:7x2").succeeded().out().lines().toList();
        assertEquals("prediction", lines.getFirst());
        assertEquals(8, lines.size());
        for (String line : lines.subList(1, 8)) {
            assertTrue(Float.isFinite(Float.parseFloat(line)), line);
        }
    }

    @Test
    void predictionsGoToAFileAsToStdout() throws IOException {
        String model = train("train", "--epochs", "1");
        Path file = folder.resolve("p.csv");
        CliRun toStdout = CliRun.of("predict", model, "--data", "digits", "--out", "-").succeeded();
        assertEquals(360, toStdout.out().lines().count());
        CliRun toFile = CliRun.of("predict", model, "--data", "digits", "--out", file.toString()).succeeded();
        assertEquals("", toFile.out());
        assertEquals("saved 359 predictions: " + file + "\n", toFile.err());
        assertEquals(toStdout.out(), Files.readString(file));
        byte[] before = Files.readAllBytes(file);
        CliRun.of("predict", model, "--data", "digits", "--out", file.toString()).failed(73,
                file + ": the file exists; give another name, or allow replacing it (--overwrite)");
        CliRun.of("predict", model, "--data", "digits", "--out", file.toString(), "--overwrite").succeeded();
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void rowsOfAnotherKindAreWarnedOf() throws IOException {
        String model = train("train", "--data", "synthetic:50x2");
        String data = write("u.csv", "b,a\n1,9\n");
        CliRun run = CliRun.of("predict", model, "--data", data).succeeded();
        assertEquals("lanewise: warning: the model was trained on synthetic data, this is csv data; "
                + "its values are taken as they are\n", run.err());
        CliRun.of("evaluate", model, "--data", data).failed(2,
                "--label: missing, expected the name of the label column "
                        + "of " + data + ", as the model names none");
        CliRun.of("evaluate", model, "--data", "digits").failed(65,
                "--data: the model expects 2 features, row 1 has 64");
        CliRun.of("predict", model, "--data", write("w.csv", "a,b,c\n1,2,3\n")).failed(65,
                folder.resolve("w.csv") + ":1: 3 feature columns, expected 2 as in the model");
    }

    @Test
    void classesAreNotNumbers() {
        String model = train("train", "--data", "synthetic:80x64");
        CliRun.of("evaluate", model, "--data", "digits").failed(65,
                "--data: its labels are classes, expected numbers as the model is a regression");
    }
}
