// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Model files made by hand, good and bad: a header text and the data behind it.
///
/// The good one classifies (a, b) as 0 or 1 by the larger of the two.
final class ModelBytes {
    static final String METADATA = """
            "__metadata__":{"format":"pt","lanewise.format":"1","lanewise.config":"{\\"task\\":\\"classification\\",\
            \\"data\\":\\"csv\\",\\"label\\":\\"y\\",\\"features\\":[\\"a\\",\\"b\\"],\\"layers\\":[{\\"type\\":\\"Linear\\",\
            \\"in\\":2,\\"out\\":2,\\"bias\\":true}]}","lanewise.labels":"[0,1]",\
            "lanewise.scaling":"{\\"kind\\":\\"none\\"}"}""";
    static final String WEIGHT = "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}";
    static final String BIAS = "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]}";

    static final ModelBytes GOOD = of(METADATA, WEIGHT, BIAS);

    private final String header;
    private final byte[] data;

    ModelBytes(String header, byte[] data) {
        this.header = header;
        this.data = data;
    }

    static ModelBytes of(String... entries) {
        return new ModelBytes("{" + String.join(",", entries) + "}", floats(1, 0, 0, 1, 0, 0));
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    String header() {
        return header;
    }

    /// The same with another text in the header, which must be there.
    ModelBytes with(String old, String replacement) {
        if (!header.contains(old)) {
            throw new IllegalArgumentException("no " + old + " in " + header);
        }
        return new ModelBytes(header.replace(old, replacement), data);
    }

    /// The same with other data.
    ModelBytes with(byte[] other) {
        return new ModelBytes(header, other);
    }

    /// The same with the first `bytes` of the data, zeros behind them if there are fewer.
    ModelBytes resized(int bytes) {
        return new ModelBytes(header, Arrays.copyOf(data, bytes));
    }

    byte[] file() {
        return file(StandardCharsets.UTF_8);
    }

    byte[] file(Charset charset) {
        byte[] text = header.getBytes(charset);
        return file(text.length, text);
    }

    /// The file with a header length that may be a lie.
    byte[] file(long length) {
        return file(length, header.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] file(long length, byte[] text) {
        return ByteBuffer.allocate(Long.BYTES + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length).put(text).put(data).array();
    }
}
