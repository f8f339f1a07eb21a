// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.memory.OffHeap;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;

/// The program of [HostileFilesTest]: writes files that are far larger than its heap allows, reads them, and prints one
/// line for each.
final class HostileFiles {
    private static final int MANY = 400_000;
    private static final String FIFTY = "7".repeat(50);

    private HostileFiles() {
    }

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0], "f");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        csv(out, file, "", i -> FIFTY);
        csv(out, file, "", i -> "a" + i + ",");
        csv(out, file, "", i -> i % 10 == 0 ? "," + i : FIFTY);
        csv(out, file, "a\n", i -> FIFTY);
        csv(out, file, "a\n1\n", i -> i == 0 ? "\"" : FIFTY + "\n");
        csv(out, file, "a\n1\n", i -> i == MANY - 1 ? "5" : "\r\n".repeat(20));
        csv(out, file, "a\n1\n", i -> "\t".repeat(50));
        csv(out, file, "a,b\n", i -> "1,".repeat(25));
        csv(out, file, "a,b\n1,2\n", i -> FIFTY + "\u00e4\n");
        idx(out, Path.of(args[0]));
    }

    private static void csv(PrintStream out, Path file, String start, IntFunction<String> parts) throws IOException {
        try (var writer = Files.newBufferedWriter(file)) {
            writer.write(start);
            for (int i = 0; i < MANY; i++) {
                writer.write(parts.apply(i));
            }
        }
        try (CsvTable table = new CsvReader(file).read()) {
            out.println("read " + table);
        } catch (DataFormatException e) {
            out.println(e.getMessage().substring(file.toString().length() - 1));
        }
    }

    /// Files of a few kilobytes that claim a hundred million images and labels.
    private static void idx(PrintStream out, Path dir) throws IOException {
        Path images = packed(dir.resolve("i"), 100_000_000, 1, 1);
        Path labels = packed(dir.resolve("l"), 100_000_000);
        OffHeap.setBudgetBytes(64 << 20);
        try (Dataset data = IdxReader.read(images, labels)) {
            out.println("read " + data);
        } catch (DataFormatException e) {
            out.println(e.getMessage().substring(images.toString().length() - 1));
        }
    }

    private static Path packed(Path file, int... shape) {
        try {
            return Files.write(file, IdxBytes.gzip(IdxBytes.idx(shape, new byte[1 << 20])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
