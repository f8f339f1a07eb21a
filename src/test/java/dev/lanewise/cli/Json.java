// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Looks into the one flat JSON object that a command printed.
final class Json {
    private Json() {
    }

    static List<String> names(String text) {
        return new ArrayList<>(read(text).keySet());
    }

    static double number(String text, String name) {
        return Double.parseDouble(value(text, name));
    }

    static String text(String text, String name) {
        return value(text, name);
    }

    private static String value(String text, String name) {
        Map<String, String> values = read(text);
        assertTrue(values.containsKey(name), () -> "no " + name + " in " + text);
        return values.get(name);
    }

    private static Map<String, String> read(String text) {
        assertTrue(text.endsWith("}\n"), text);
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            assertEquals(JsonToken.START_OBJECT, json.nextToken());
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                values.put(name, json.getString());
            }
            assertEquals(null, json.nextToken(), "one object");
        }
        return values;
    }
}
