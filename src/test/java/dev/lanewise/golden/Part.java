// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A layer, loss, optimizer, schedule or other part of a run: its name in PyTorch and its settings there.
///
/// It notes which settings are asked for: one that nobody has asked for would be one that nobody tests.
final class Part {
    private final String name;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();

    /// The part that the words of a line describe: its name, then `key=value` each.
    Part(String... words) {
        name = words[0];
        for (int i = 1; i < words.length; i++) {
            String[] setting = words[i].split("=", 2);
            settings.put(setting[0], setting[1]);
        }
    }

    /// The same part with one more setting.
    Part with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    String name() {
        return name;
    }

    boolean has(String key) {
        asked.add(key);
        return settings.containsKey(key);
    }

    String text(String key, String byDefault) {
        return has(key) ? settings.get(key) : byDefault;
    }

    /// A word as the name of a constant.
    String word(String key, String byDefault) {
        return text(key, byDefault).toUpperCase(Locale.ROOT);
    }

    int integer(String key) {
        return Integer.parseInt(text(key, "none"));
    }

    int integer(String key, int byDefault) {
        return has(key) ? integer(key) : byDefault;
    }

    float number(String key) {
        return Float.parseFloat(text(key, "none"));
    }

    float number(String key, float byDefault) {
        return has(key) ? number(key) : byDefault;
    }

    double precise(String key, double byDefault) {
        return has(key) ? Double.parseDouble(settings.get(key)) : byDefault;
    }

    boolean truth(String key, boolean byDefault) {
        return Boolean.parseBoolean(text(key, Boolean.toString(byDefault)));
    }

    String[] list(String key) {
        return text(key, "").split(",");
    }

    double[] numbers(String key) {
        return Arrays.stream(list(key)).mapToDouble(Double::parseDouble).toArray();
    }

    float[] floats(String key) {
        double[] numbers = numbers(key);
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }

    int[] integers(String key) {
        return Arrays.stream(list(key)).mapToInt(Integer::parseInt).toArray();
    }

    /// **Throws** `AssertionError` if a setting has not been asked for.
    void assertAllAsked() {
        assertEquals(Set.of(), difference(settings.keySet(), asked), "settings of " + name + " that nobody reads");
    }

    private static Set<String> difference(Set<String> all, Set<String> without) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(without);
        return rest;
    }

    @Override
    public String toString() {
        return name + settings;
    }
}
