// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Task;
import dev.lanewise.memory.FloatMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A small model, and its file put together by hand.
final class Samples {
    static final String CONFIG = "{\"task\":\"classification\",\"data\":\"csv\",\"label\":\"kind\","
            + "\"features\":[\"a\",\"größe \\\"b\\\" km/h 😀\",\"c\"],"
            + "\"layers\":[{\"type\":\"Linear\",\"in\":3,\"out\":2,\"bias\":true}]}";
    static final String LABELS = "[-1,9007199254740993]";
    static final String SCALING = "{\"kind\":\"standard\",\"mean\":[0.1,-0.0,1.4E-45],"
            + "\"inv_std\":[1.0E-5,0.0,3.4028235E38]}";
    static final String TENSORS = "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}";
    /// 1, -2, 0.5; -0.0, the least subnormal, the largest float; bias 3, -4.
    static final int[] BITS = {0x3f800000, 0xc0000000, 0x3f000000, 0x80000000, 0x00000001, 0x7f7fffff, 0x40400000,
            0xc0800000};

    private Samples() {
    }

    static ModelConfig config() {
        return new ModelConfig(Task.CLASSIFICATION, DataKind.CSV, "kind", List.of("a", "größe \"b\" km/h 😀", "c"),
                List.of(new LinearConfig(3, 2, true)), List.of(-1L, 9007199254740993L),
                StandardScaler.of(new float[]{0.1f, -0f, Float.MIN_VALUE},
                        new float[]{1e-5f, 0, Float.MAX_VALUE}));
    }

    /// A model without names, labels and scaling: `in` features, `out` numbers.
    static ModelConfig regression(int in, int out) {
        return new ModelConfig(Task.REGRESSION, DataKind.MEMORY, "", List.of(),
                List.of(new LinearConfig(in, out, false)), List.of(), null);
    }

    /// The tensors of [#config]; the caller closes the values.
    static List<NamedTensor> tensors() {
        return List.of(NamedTensor.matrix("0.weight", matrix(2, 3, BITS, 0)),
                NamedTensor.vector("0.bias", matrix(1, 2, BITS, 6)));
    }

    /// A matrix of the bits from `from` on.
    static FloatMatrix matrix(int rows, int cols, int[] bits, int from) {
        FloatMatrix matrix = FloatMatrix.allocate(rows, cols);
        for (int i = 0; i < rows * cols; i++) {
            set(matrix, i / cols, i % cols, bits[from + i]);
        }
        return matrix;
    }

    static void set(FloatMatrix matrix, int row, int col, int bits) {
        matrix.segment().set(java.lang.foreign.ValueLayout.JAVA_INT, TensorBytes.offset(matrix, row, col), bits);
    }

    static int bits(FloatMatrix matrix, int row, int col) {
        return matrix.segment().get(java.lang.foreign.ValueLayout.JAVA_INT, TensorBytes.offset(matrix, row, col));
    }

    static void close(List<NamedTensor> tensors) {
        tensors.forEach(tensor -> tensor.values().close());
    }

    /// `__metadata__` with the three texts.
    static String metadata(String config, String labels, String scaling) {
        return "\"__metadata__\":{\"format\":\"pt\",\"lanewise.format\":\"1\",\"lanewise.config\":" + quoted(config)
                + ",\"lanewise.labels\":" + quoted(labels) + ",\"lanewise.scaling\":" + quoted(scaling) + "}";
    }

    static String metadata() {
        return metadata(CONFIG, LABELS, SCALING);
    }

    /// The header of the sample's file, without the spaces that align the data.
    static String header() {
        return "{" + metadata() + "," + TENSORS + "}";
    }

    static String padded(String header) {
        int length = header.getBytes(StandardCharsets.UTF_8).length;
        return header + " ".repeat(-length & 7);
    }

    static byte[] data() {
        ByteBuffer data = ByteBuffer.allocate(BITS.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        data.asIntBuffer().put(BITS);
        return data.array();
    }

    /// The sample's file, byte for byte.
    static byte[] golden() {
        return file(padded(header()), data());
    }

    static byte[] file(String header, byte[] data) {
        return file(header.getBytes(StandardCharsets.UTF_8), data);
    }

    static byte[] file(byte[] header, byte[] data) {
        return file(header.length, header, data);
    }

    static byte[] file(long length, byte[] header, byte[] data) {
        return ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN).putLong(length)
                .put(header).put(data).array();
    }

    static Path write(Path directory, byte[] bytes) throws IOException {
        return Files.write(directory.resolve("m.safetensors"), bytes);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
