// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Map;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Lays a safetensors file out: equal content gives equal bytes.
///
/// `__metadata__` comes first, the tensors follow in their order, their data without gaps in the same order; spaces
/// behind the header let the data start at a multiple of 8, as the reference implementation writes it.
final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;

    private final List<NamedTensor> tensors;
    private final ByteBuffer header;

    /// **Throws** `IllegalArgumentException` if the header passes what [HeaderReader] would accept.
    SafetensorsWriter(Map<String, String> metadata, List<NamedTensor> tensors) {
        this.tensors = tensors;
        if (tensors.size() > SafetensorsHeader.MOST_TENSORS) {
            throw new IllegalArgumentException(
                    "ModelFile.write: " + tensors.size() + " tensors given, expected at most "
                            + SafetensorsHeader.MOST_TENSORS);
        }
        byte[] json = json(metadata);
        int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (padded > SafetensorsHeader.MOST_HEADER_BYTES) {
            throw new IllegalArgumentException("ModelFile.write: the header takes " + padded
                    + " bytes, expected at most " + SafetensorsHeader.MOST_HEADER_BYTES
                    + "; shorten the feature names");
        }
        header = ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
    }

    /// Size of the file.
    long bytes() {
        long bytes = header.capacity();
        for (NamedTensor tensor : tensors) {
            bytes += tensor.size() * Float.BYTES;
        }
        return bytes;
    }

    /// Writes the file to `channel`, which takes every buffer whole.
    void writeTo(WritableByteChannel channel) throws IOException {
        channel.write(header.rewind());
        for (NamedTensor tensor : tensors) {
            TensorBytes bytes = new TensorBytes(tensor);
            for (ByteBuffer chunk = bytes.next(); chunk.hasRemaining(); chunk = bytes.next()) {
                channel.write(chunk);
            }
        }
    }

    private byte[] json(Map<String, String> metadata) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeName(SafetensorsHeader.METADATA);
            json.writeStartObject();
            metadata.forEach(json::writeStringProperty);
            json.writeEndObject();
            long begin = 0;
            for (NamedTensor tensor : tensors) {
                long end = begin + tensor.size() * Float.BYTES;
                json.writeName(tensor.name());
                json.writeStartObject();
                json.writeStringProperty("dtype",
                        tensor.isCounter() ? SafetensorsHeader.COUNTER : SafetensorsHeader.DTYPE);
                json.writeName("shape");
                json.writeStartArray();
                tensor.shape().forEach(json::writeNumber);
                json.writeEndArray();
                json.writeName("data_offsets");
                json.writeStartArray();
                json.writeNumber(begin);
                json.writeNumber(end);
                json.writeEndArray();
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
