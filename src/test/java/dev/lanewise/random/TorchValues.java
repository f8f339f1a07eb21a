// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The random numbers of PyTorch that `src/test/python/torch_random.py` has written down, by name.
public final class TorchValues {
    private static final Map<String, List<String>> VALUES = read();

    private TorchValues() {
    }

    private static Map<String, List<String>> read() {
        Map<String, List<String>> values = new LinkedHashMap<>();
        try (InputStream file = TorchValues.class.getResourceAsStream("/expected/torch-random.txt")) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.US_ASCII).lines().toList()) {
                String[] words = line.strip().split(" ", -1);
                int name = 1;
                while (name < words.length && !words[name].matches("[0-9A-F]{8}") && isPartOfName(words[0], name)) {
                    name++;
                }
                values.put(String.join(" ", Arrays.copyOf(words, name)),
                        List.of(Arrays.copyOfRange(words, name, words.length)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    /// How many words the names have that begin with `first`.
    private static boolean isPartOfName(String first, int word) {
        return switch (first) {
            case "normal_", "linear" -> word < 4;
            case "uniform" -> word < 3;
            default -> word < 2;
        };
    }

    /// The names that begin with `first`.
    public static List<String> names(String first) {
        List<String> names = VALUES.keySet().stream().filter(name -> name.startsWith(first + " ")).toList();
        assertTrue(!names.isEmpty(), first);
        return names;
    }

    /// The integers behind `name`.
    public static long[] integers(String name) {
        assertTrue(VALUES.containsKey(name), name);
        return VALUES.get(name).stream().mapToLong(Long::parseLong).toArray();
    }

    /// The floats behind `name`.
    public static float[] floats(String name) {
        assertTrue(VALUES.containsKey(name), name);
        List<String> words = VALUES.get(name);
        float[] values = new float[words.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(Integer.parseUnsignedInt(words.get(i), 16));
        }
        return values;
    }

    /// Fails unless `actual` has the bits of `name`.
    public static void assertSameBits(String name, float... actual) {
        assertEquals(hex(floats(name)), hex(actual), name);
    }

    private static String hex(float[] values) {
        StringBuilder text = new StringBuilder();
        for (float value : values) {
            text.append(String.format(" %08X", Float.floatToRawIntBits(value)));
        }
        return text.toString();
    }

    /// The largest distance from `name` in units in the last place of the expected values.
    public static double ulps(String name, float... actual) {
        float[] expected = floats(name);
        assertEquals(expected.length, actual.length, name);
        double most = 0;
        for (int i = 0; i < actual.length; i++) {
            most = Math.max(most, Math.abs((double) actual[i] - expected[i]) / Math.ulp(expected[i]));
        }
        return most;
    }

    /// All elements, row by row.
    public static float[] flat(FloatMatrix matrix) {
        float[] values = new float[matrix.rows() * matrix.cols()];
        for (int r = 0; r < matrix.rows(); r++) {
            System.arraycopy(matrix.row(r), 0, values, r * matrix.cols(), matrix.cols());
        }
        return values;
    }
}
