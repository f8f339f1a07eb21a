// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// A training written down by `src/test/python/golden.py`: its parts, data, initial weights and PyTorch's results.
final class GoldenFile {
    private static final Path RESOURCES = Path.of("src", "test", "resources");

    private final String name;
    private final Map<String, List<Part>> parts = new HashMap<>();
    private final SequencedMap<String, double[][]> tables = new LinkedHashMap<>();

    private GoldenFile(String name) {
        this.name = name;
    }

    /// The names of all files of a folder: `golden`, trainings, or `edges`.
    static List<String> names(String folder) {
        try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
            return files.map(file -> file.getFileName().toString().replace(".txt", "")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GoldenFile read(String folder, String name) {
        GoldenFile file = new GoldenFile(name);
        try {
            Iterator<String> lines = Files
                    .readAllLines(RESOURCES.resolve(folder).resolve(name + ".txt"), StandardCharsets.US_ASCII)
                    .iterator();
            while (lines.hasNext()) {
                file.add(lines.next().split(" "), lines);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private void add(String[] words, Iterator<String> lines) {
        switch (words[0]) {
            case "#" -> {
            }
            case "table" -> {
                double[][] rows = new double[Integer.parseInt(words[2])][];
                for (int r = 0; r < rows.length; r++) {
                    rows[r] = Arrays.stream(lines.next().split(" ")).mapToDouble(Double::parseDouble).toArray();
                    assertEquals(Integer.parseInt(words[3]), rows[r].length, name + ", " + words[1]);
                }
                tables.put(words[1], rows);
            }
            default -> parts.computeIfAbsent(words[0], _ -> new ArrayList<>())
                    .add(new Part(Arrays.copyOfRange(words, 1, words.length)));
        }
    }

    /// The parts of a kind, in order; none if the training has no such part.
    List<Part> parts(String kind) {
        return parts.getOrDefault(kind, List.of());
    }

    /// The only part of a kind.
    Part part(String kind) {
        List<Part> found = parts(kind);
        assertEquals(1, found.size(), kind + " in " + name);
        return found.getFirst();
    }

    boolean has(String table) {
        return tables.containsKey(table);
    }

    double[][] table(String table) {
        double[][] rows = tables.get(table);
        if (rows == null) {
            throw new AssertionError(name + " has no table " + table);
        }
        return rows;
    }

    /// All values of a table, row after row.
    double[] values(String table) {
        return Arrays.stream(table(table)).flatMapToDouble(Arrays::stream).toArray();
    }

    /// A table of decimals that stand for floats.
    float[][] floats(String table) {
        double[][] rows = table(table);
        float[][] floats = new float[rows.length][];
        for (int r = 0; r < rows.length; r++) {
            floats[r] = new float[rows[r].length];
            for (int c = 0; c < rows[r].length; c++) {
                floats[r][c] = (float) rows[r][c];
            }
        }
        return floats;
    }

    /// What PyTorch's results are of: `loss`, `final.0.weight`, ...
    List<String> series() {
        return tables.sequencedKeySet().stream().filter(table -> table.endsWith(".64"))
                .map(table -> table.substring(0, table.length() - 3)).toList();
    }

    /// Features, targets and weights of the rows.
    Dataset data() {
        Dataset data = unweighted();
        if (has("weights")) {
            double[] weights = values("weights");
            float[] floats = new float[weights.length];
            for (int r = 0; r < floats.length; r++) {
                floats[r] = (float) weights[r];
            }
            data.weights(floats);
        }
        return data;
    }

    private Dataset unweighted() {
        if (part("run").text("target", "").equals("labels")) {
            return Dataset.of(floats("x"), Arrays.stream(values("y")).mapToInt(label -> (int) label).toArray());
        }
        return Dataset.of(floats("x"), floats("y"));
    }

    /// The order of the rows in each epoch.
    List<int[]> orders() {
        List<int[]> orders = new ArrayList<>();
        for (double[] order : table("order")) {
            orders.add(Arrays.stream(order).mapToInt(row -> (int) row).toArray());
        }
        return Collections.unmodifiableList(orders);
    }

    /// Each kind of part once, to see that all their settings have been used.
    List<Part> allParts() {
        return parts.values().stream().flatMap(List::stream).toList();
    }
}
