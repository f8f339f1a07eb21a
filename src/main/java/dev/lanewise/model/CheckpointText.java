// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.data.BatchCursor;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// What a checkpoint is beside its tensors and the optimizer's settings, as JSON. Longs and doubles are texts, the latter
/// the shortest decimals that read back to the same bits.
///
/// @param cursor where the walk through the batches is
/// @param gathered batches that the optimizer has gathered for its next step
/// @param masks of each dropout layer
/// @param additions numbers of the user's, by the name of the addition and their own
record CheckpointText(BatchCursor cursor, int gathered, SequencedMap<String, Masks> masks,
        SequencedMap<String, SequencedMap<String, Double>> additions) {
    /// Its name in the metadata.
    static final String KEY = "lanewise.checkpoint";

    /// Where a dropout layer is.
    ///
    /// @param seed the seed of its masks
    /// @param forwards the number of the next one
    record Masks(long seed, long forwards) {
    }

    String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeNumberProperty("epoch", cursor.epoch());
            json.writeNumberProperty("batch", cursor.batch());
            json.writeNumberProperty("rows", cursor.rows());
            json.writeNumberProperty("batch_size", cursor.batchSize());
            json.writeBooleanProperty("drop_last", cursor.dropLast());
            json.writeBooleanProperty("shuffled", cursor.shuffled());
            json.writeStringProperty("seed", Long.toString(cursor.seed()));
            json.writeNumberProperty("gathered", gathered);
            json.writeName("dropout");
            json.writeStartObject();
            masks.forEach((name, mask) -> {
                json.writeName(name);
                json.writeStartArray();
                json.writeString(Long.toString(mask.seed));
                json.writeString(Long.toString(mask.forwards));
                json.writeEndArray();
            });
            json.writeEndObject();
            json.writeName("additions");
            json.writeStartObject();
            additions.forEach((name, numbers) -> {
                json.writeName(name);
                json.writeStartObject();
                numbers.forEach((key, value) -> json.writeStringProperty(key, Double.toString(value)));
                json.writeEndObject();
            });
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    static CheckpointText read(String text, Path file) throws IOException {
        try (StrictJson json = new StrictJson(new StringReader(text), file, KEY)) {
            return new Reading(json).read();
        }
    }

    private static final class Reading {
        private static final String[] FIELDS = {"epoch", "batch", "rows", "batch_size", "drop_last", "shuffled", "seed",
                "gathered", "dropout", "additions"};

        private final StrictJson json;
        private int fields;
        private int epoch;
        private int batch;
        private int rows;
        private int batchSize;
        private boolean dropLast;
        private boolean shuffled;
        private long seed;
        private int gathered;
        private final SequencedMap<String, Masks> masks = new LinkedHashMap<>();
        private final SequencedMap<String, SequencedMap<String, Double>> additions = new LinkedHashMap<>();

        Reading(StrictJson json) {
            this.json = json;
        }

        CheckpointText read() throws IOException {
            json.beginObject(KEY);
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                fields++;
                switch (name) {
                    case "epoch" -> epoch = count(name, 0);
                    case "batch" -> batch = count(name, 0);
                    case "rows" -> rows = count(name, 1);
                    case "batch_size" -> batchSize = count(name, 1);
                    case "drop_last" -> dropLast = json.bool(name);
                    case "shuffled" -> shuffled = json.bool(name);
                    case "seed" -> seed = number(name);
                    case "gathered" -> gathered = count(name, 0);
                    case "dropout" -> readMasks();
                    case "additions" -> readAdditions();
                    default -> throw json.fail("the field " + Quoted.of(name) + ", expected "
                            + String.join(", ", FIELDS));
                }
            }
            json.end();
            if (fields != FIELDS.length) {
                throw json.fail(fields + " fields, expected all of " + String.join(", ", FIELDS));
            }
            return new CheckpointText(new BatchCursor(epoch, batch, rows, batchSize, dropLast, shuffled, seed),
                    gathered,
                    masks, additions);
        }

        private int count(String name, int least) throws IOException {
            return (int) json.whole(name, least, Integer.MAX_VALUE);
        }

        private long number(String what) throws IOException {
            String text = json.text(what);
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw json.fail(what + " is " + Quoted.of(text) + ", expected a whole number in quotes");
            }
        }

        private void readMasks() throws IOException {
            json.beginObject("dropout");
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.beginArray("dropout " + Quoted.of(name));
                long[] numbers = new long[2];
                int count = 0;
                while (json.nextElement()) {
                    if (count == numbers.length) {
                        throw json.fail("more than two numbers of dropout " + Quoted.of(name));
                    }
                    numbers[count++] = number("dropout " + Quoted.of(name));
                }
                if (count < numbers.length || numbers[1] < 0) {
                    throw json.fail("dropout " + Quoted.of(name) + " has not a seed and a number of at least 0");
                }
                masks.put(name, new Masks(numbers[0], numbers[1]));
            }
        }

        private void readAdditions() throws IOException {
            json.beginObject("additions");
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                SequencedMap<String, Double> numbers = new LinkedHashMap<>();
                json.beginObject("addition " + Quoted.of(name));
                for (String key = json.nextName(); key != null; key = json.nextName()) {
                    String text = json.text(key);
                    try {
                        numbers.put(key, Double.parseDouble(text));
                    } catch (NumberFormatException e) {
                        throw json.fail(Quoted.of(key) + " is " + Quoted.of(text) + ", expected a number in quotes");
                    }
                }
                additions.put(name, numbers);
            }
        }
    }
}
