// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.memory.OffHeap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Places where output may not or cannot go: said before any work, and nothing is left there.
class OutputFaultsTest {
    private static final String[] SMALL = {"train", "--data", "synthetic:20x2", "--epochs", "1", "--out"};

    @TempDir
    Path folder;
    private List<String> before = List.of();

    @BeforeEach
    void prepare() throws IOException {
        Files.writeString(folder.resolve("x.csv"), "a,b,y\n1,2,0\n2,1,1\n3,5,0\n4,4,1\n");
        Files.write(folder.resolve("m.safetensors"), ModelBytes.GOOD.file());
        before = names();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertEquals(before, names(), "files in the folder");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private static CliRun train(Path out) {
        return CliRun.of(Stream.concat(Stream.of(SMALL), Stream.of(out.toString())).toArray(String[]::new));
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void existingFileIsKept() throws IOException {
        Path model = folder.resolve("m.safetensors");
        byte[] old = Files.readAllBytes(model);
        train(model).failed(73,
                model + ": the file exists; give another name, or allow replacing it (--overwrite)");
        assertArrayEquals(old, Files.readAllBytes(model));
        CliRun.of("predict", model.toString(), "--data", file("x.csv"), "--out", file("x.csv")).failed(2,
                "--out: this is or lies in what is read (got '" + Text.shown(file("x.csv"))
                        + "'), expected a path outside of " + file("x.csv"));
    }

    @Test
    void inputIsNeverReplaced() throws IOException {
        String data = file("x.csv");
        String text = Files.readString(Path.of(data));
        String refused = "--out: this is or lies in what is read (got '" + Text.shown(data)
                + "'), expected a path outside of " + data;
        CliRun.of("train", "--data", data, "--label", "y", "--out", data, "--overwrite").failed(2, refused);
        CliRun.of("predict", file("m.safetensors"), "--data", data, "--out", data, "--overwrite").failed(2, refused);
        CliRun.of("predict", file("m.safetensors"), "--data", data, "--out", file("m.safetensors"), "--overwrite")
                .failed(2, "--out: this is or lies in what is read (got '" + Text.shown(file("m.safetensors"))
                        + "'), expected a path outside of " + file("m.safetensors"));
        CliRun.of("train", "--data", file("no.csv"), "--label", "y", "--test", data, "--out", data, "--overwrite")
                .failed(2, refused);
        assertEquals(text, Files.readString(Path.of(data)));
    }

    @Test
    void outputInsideTheInputFolderIsRefused() {
        String inside = file("new.safetensors");
        CliRun.of("train", "--data", "idx:" + folder, "--out", inside).failed(2,
                "--out: this is or lies in what is read (got '" + Text.shown(inside)
                        + "'), expected a path outside of " + folder);
    }

    @Test
    void folderMustBeThere() {
        Path model = folder.resolve("no").resolve("m");
        train(model).failed(73, model + ": no such directory: " + folder.resolve("no") + "; create it first");
        train(folder).failed(73, folder + ": it is a directory; give the path of a file");
    }

    @Test
    void readOnlyFolderIsRefused() {
        assertTrue(folder.toFile().setWritable(false));
        try {
            assumeFalse(Files.isWritable(folder), "this user (root?) may write everywhere");
            Path model = folder.resolve("new");
            train(model).failed(73, model + ": the directory " + folder + " is not writable; give another path");
        } finally {
            assertTrue(folder.toFile().setWritable(true));
        }
    }

    @Test
    void symbolicLinkIsRefused() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "kept");
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        train(link).failed(73, link + ": it is a symbolic link; give the path of the file itself");
        assertEquals("kept", Files.readString(target));
        Files.delete(link);
        Files.delete(target);
    }

    @Test
    void deviceIsRefused() {
        assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full here");
        train(Path.of("/dev/full")).failed(73,
                "/dev/full: it is a pipe, socket or device; give the path of a file");
    }

    @Test
    void closedOrFullStdoutIsAnError() throws IOException {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        String[][] commands = {{"predict", file("m.safetensors"), "--data", file("x.csv"), "--out", "-"},
                {"train", "--data", "synthetic:20x2", "--epochs", "1", "--json"}, {"--version"}, {"--help"},
                {"train", "--help"}};
        for (String[] command : commands) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            assertEquals(74, Main.run(command, full, new PrintStream(err, true, StandardCharsets.UTF_8)));
            String text = err.toString(StandardCharsets.UTF_8);
            assertTrue(text.endsWith(
                    "lanewise: error: standard output: cannot be written: No space left on device\n"), text);
        }
    }

    @Test
    void predictionsOfAnOverflowingModelAreRefused() throws IOException {
        Path model = Files.write(folder.resolve("m.safetensors"),
                ModelBytes.GOOD.with(ModelBytes.floats(3e38f, 3e38f, 0, 1, 0, 0)).file());
        CliRun.of("predict", model.toString(), "--data", file("x.csv")).failed(65, "row 1: the output of the model is "
                + "Infinity, expected a finite number; its features are too large");
    }

    @Test
    void tooMuchMemoryIsRefusedBeforeTraining() {
        CliRun run = CliRun.of("train", "--data", "synthetic:2147483647x100");
        assertEquals(71, run.code(), run.err());
        assertTrue(run.err().startsWith(
                "lanewise: error: out of memory: 962072673856 bytes of native memory needed, "), run.err());
        assertTrue(run.err().endsWith(
                " available; use fewer rows or columns, smaller layers or batches, or a machine with more memory\n"),
                run.err());
    }

    /// The transposed weights of the second layer, which only its way back needs, are as much as its weights.
    @Test
    void theMemoryOfTheWholeTrainingIsRefusedBeforeIt() {
        long budget = OffHeap.budgetBytes();
        OffHeap.setBudgetBytes(OffHeap.openBytes() + (12 << 20)); // enough for data and weights
        try {
            CliRun run = CliRun.of("train", "--data", "synthetic:100x4", "--hidden", "1500,1500", "--batch-size", "1",
                    "--threads", "1");
            assertEquals(71, run.code(), run.err());
            assertTrue(run.err()
                    .matches("lanewise: error: out of memory: training needs 19\\.[0-9] MiB of native memory"
                            + " \\(parameters 8\\.6 MiB, optimizer 0 bytes, batches 1\\.[0-9] MiB, transposed weights and sums of"
                            + " gradients 8\\.[0-9] MiB, threads [0-9.]+ KiB\\), 1[12]\\.[0-9] MiB available; use smaller layers"
                            + " or batches, fewer threads, or a machine with more memory\n"),
                    run.err());
        } finally {
            OffHeap.setBudgetBytes(budget);
        }
    }
}
