// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands through the real launcher, from process to process.
class CommandLineIT {
    @TempDir
    Path folder;

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void digitsFromTrainingToPredictions() throws IOException {
        String model = file("m.safetensors");
        Launched train = Launched.of("train", "--out", model, "--json").succeeded();
        double accuracy = Json.number(train.out(), "test_accuracy");
        assertTrue(accuracy >= 0.95, train.out());
        assertTrue(train.err().contains("\nepoch 50, loss 0."), train.err());
        byte[] first = Files.readAllBytes(Path.of(model));
        Launched.of("train", "--out", model).failed(73,
                model + ": the file exists; give another name, or allow replacing it (--overwrite)");
        Launched.of("train", "--out", model, "--overwrite").succeeded();
        assertArrayEquals(first, Files.readAllBytes(Path.of(model)));
        Launched evaluate = Launched.of("evaluate", model, "--data", "digits", "--json").succeeded();
        assertEquals(accuracy, Json.number(evaluate.out(), "accuracy"));
        assertEquals(Json.text(train.out(), "weights_sha256"), Json.text(evaluate.out(), "weights_sha256"));
        assertEquals(360, Launched.of("predict", model, "--data", "digits").succeeded().out().lines().count());
        assertEquals(List.of("m.safetensors"), names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void mnistReachesItsKnownAccuracy() {
        String data = "idx:" + Launched.data("mnist");
        String model = file("m.safetensors");
        Launched train = Launched.of("train", "--data", data, "--out", model, "--json").succeeded();
        assertTrue(Json.number(train.out(), "test_accuracy") >= 0.915, train.out());
        assertEquals(2350, Json.number(train.out(), "steps"));
        Launched evaluate = Launched.of("evaluate", model, "--data", data, "--json").succeeded();
        assertEquals(Json.number(train.out(), "test_accuracy"), Json.number(evaluate.out(), "accuracy"));
        assertEquals(10_000, Json.number(evaluate.out(), "rows"));
        assertEquals(10_001, Launched.of("predict", model, "--data", data).succeeded().out().lines().count());
    }

    @Test
    void irisAndBanknotesAreToldApart() throws IOException {
        List<String> iris = Files.readAllLines(Launched.data("iris.csv"));
        String data = Files.writeString(folder.resolve("iris.csv"),
                "a,b,c,d,species\n" + String.join("\n", iris.subList(1, iris.size()))).toString();
        Launched flowers = Launched.of("train", "--data", data, "--label", "species", "--epochs", "100", "--batch-size",
                "16", "--json").succeeded();
        assertTrue(Json.number(flowers.out(), "test_accuracy") >= 0.9, flowers.out());
        assertEquals(3, Json.number(flowers.out(), "classes"));
        data = Files.writeString(folder.resolve("notes.csv"), "variance,skewness,curtosis,entropy,class\n"
                + Files.readString(Launched.data("banknote_authentication.csv"))).toString();
        Launched notes = Launched.of("train", "--data", data, "--label", "class", "--epochs", "20",
                "--batch-size", "32", "--json").succeeded();
        assertTrue(Json.number(notes.out(), "test_accuracy") >= 0.95, notes.out());
        assertEquals(1372 - 274, Json.number(notes.out(), "rows"));
    }

    @Test
    void diabetesIsExplainedByHalf() {
        Launched run = Launched.of("train", "--data", Launched.data("diabetes.csv").toString(), "--label", "target",
                "--epochs", "100", "--batch-size", "16", "--json").succeeded();
        assertEquals("regression", Json.text(run.out(), "task"));
        double variance = 5930; // of the target; a useless model has this loss
        assertTrue(Json.number(run.out(), "test_loss") < 0.6 * variance, run.out());
    }

    @Test
    void predictionsCountTheRowsOfAFile() throws IOException {
        Path model = Files.write(folder.resolve("m.safetensors"), ModelBytes.GOOD.file());
        String data = Files.writeString(folder.resolve("x.csv"), "a,b\n" + "1,2\n".repeat(5000)).toString();
        String out = file("p.csv");
        Launched.of("predict", model.toString(), "--data", data, "--out", out).succeeded();
        List<String> lines = Files.readAllLines(Path.of(out));
        assertEquals(5001, lines.size());
        assertEquals("1,0.7310586", lines.get(5000));
    }

    @Test
    void lostStdoutIsAnError() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full here");
        Path model = Files.write(folder.resolve("m.safetensors"), ModelBytes.GOOD.file());
        String data = Files.writeString(folder.resolve("x.csv"), "a,b\n" + "1,2\n".repeat(50_000)).toString();
        String predict = "\"$LANEWISE\" predict '" + model + "' --data '" + data + "'";
        String lost = "standard output: cannot be written: ";
        Launched.shell(predict + " >/dev/full").failed(74, lost + "No space left on device");
        Launched.shell("\"$LANEWISE\" --version >/dev/full").failed(74, lost + "No space left on device");
        Launched.shell("\"$LANEWISE\" train --epochs 1 --json >/dev/full 2>/dev/null; exit $?").codeIs(74);
        Launched.shell(predict + " >&-").codeIs(74);
        Launched pipe = Launched.shell("{ " + predict + "; echo $? >&2; } | head -n 1");
        assertEquals("prediction,probability\n", pipe.out());
        assertTrue(pipe.err().endsWith("\n74\n"), pipe.err());
    }

    @Test
    void stdoutCutShortIsAnError() throws IOException {
        Path model = Files.write(folder.resolve("m.safetensors"), ModelBytes.GOOD.file());
        String data = Files.writeString(folder.resolve("x.csv"), "a,b\n" + "1,2\n".repeat(5000)).toString();
        Path out = folder.resolve("p.csv");
        // the last block is written in part: the write that reaches the limit says so only in its count
        Launched cut = Launched.shell(
                "ulimit -f 100 && \"$LANEWISE\" predict '" + model + "' --data '" + data + "' >'" + out + "'");
        assumeTrue(Files.size(out) < 60_000, "this shell counts file sizes in larger blocks");
        cut.codeIs(74);
    }

    @Test
    void signalEndsTrainingAndLeavesNothing() throws Exception {
        Process process = Launched.start("train", "--data", "synthetic:1000x2", "--epochs", "1000000", "--out",
                file("m.safetensors"));
        try (BufferedReader lines = process.inputReader()) {
            String line = lines.readLine();
            while (line != null && !line.startsWith("epoch 3,")) {
                line = lines.readLine();
            }
            process.toHandle().destroy(); // Process.destroy would close the pipe as well
            lines.lines().forEach(rest -> assertTrue(rest.startsWith("epoch "), rest));
        }
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(128 + 15, process.exitValue());
        assertEquals(List.of(), names());
    }

    @Test
    void otherLocalesPrintTheSame() {
        String[] command = {"train", "--data", "synthetic:300x3", "--epochs", "2"};
        String expected = withoutSpeed(Launched.of(command));
        for (String locale : List.of("tr_TR.UTF-8", "de_DE.UTF-8", "C")) {
            assertEquals(expected, withoutSpeed(Launched.with(Map.of("LC_ALL", locale), command)));
        }
        assertEquals(expected,
                withoutSpeed(Launched.withOptions("-Duser.language=ar -Duser.country=EG", command)));
    }

    private static String withoutSpeed(Launched run) {
        return run.succeeded().err().replaceAll("[0-9]+ samples/s", "").replaceAll("in [0-9.]+ s", "");
    }

    @Test
    void slowKernelsAreRefusedUnlessAskedFor() {
        String remedy = ", or accept scalar kernels with -Dlanewise.lanes=0";
        String[] command = {"train", "--data", "synthetic:50x2"};
        Launched noFma = Launched.withOptions("-XX:-UseFMA", command);
        assertEquals(78, noFma.code(), noFma.err());
        assertEquals(1, noFma.err().lines().count(), noFma.err());
        assertTrue(noFma.err().startsWith("lanewise: error: ") && noFma.err().endsWith(remedy + "\n"), noFma.err());
        Launched.withOptions("-XX:-UseFMA -Dlanewise.lanes=0", command).succeeded();
        Launched.withOptions("-Dlanewise.lanes=7", command).failed(78,
                "-Dlanewise.lanes=7 given, expected auto, 0 (scalar), 128, 256 or 512 (vector bits)");
        Launched version = Launched.withOptions("-XX:-UseFMA", "--version").succeeded();
        assertTrue(version.out().contains("\nkernels scalar: "), version.out());
        assertEquals("", version.err());
    }

    /// Root may read and write everything, so the launcher is run as somebody else then.
    @Test
    void missingPermissionsAreSaid() throws IOException {
        String other = "root".equals(System.getProperty("user.name"))
                ? "setpriv --reuid 65534 --regid 65534 --clear-groups "
                : "";
        assumeTrue(Launched.shell(other + "\"$LANEWISE\" --version").code() == 0, "cannot run as another user here");
        Path data = Files.writeString(folder.resolve("x.csv"), "a,y\n1,0\n2,1\n3,0\n4,1\n5,1\n");
        Path secret = Files.writeString(folder.resolve("secret.csv"), "a,y\n1,0\n2,1\n");
        Files.setPosixFilePermissions(secret, Set.of());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        String train = other + "\"$LANEWISE\" train --label y --data '";
        try {
            Launched.shell(train + secret + "'").failed(77,
                    secret + ": may not be read; change its permissions or the user");
            Launched.shell(other + "\"$LANEWISE\" evaluate '" + secret + "' --data digits").failed(77,
                    secret + ": may not be read; change its permissions or the user");
            Launched.shell(train + data + "' --out '" + file("m") + "'").failed(73,
                    file("m") + ": the directory " + folder + " is not writable; give another path");
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void fullHeapIsSaidInOneLine() {
        Launched run = Launched.withOptions("-Xmx64m", "train", "--data", "synthetic:1x100000000");
        run.failed(71, "out of memory: Java heap space; give more (LANEWISE_JAVA_OPTS=-Xmx...)");
    }
}
