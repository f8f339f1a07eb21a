// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.model.SafetensorsHeader.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the header of a safetensors file, trusting nothing: every length is compared with the size of the file, and
/// every offset with the data, before anything is allocated for it.
final class HeaderReader {
    private static final int MOST_DIMENSIONS = 8;
    private static final int MOST_METADATA = 1024;

    private final FileChannel channel;
    private final Path file;
    private final long fileBytes;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> tensors = new LinkedHashMap<>();

    private HeaderReader(FileChannel channel, Path file) throws IOException {
        this.channel = channel;
        this.file = file;
        this.fileBytes = channel.size();
    }

    /// The header of the file behind `channel`, its layout checked.
    static SafetensorsHeader read(FileChannel channel, Path file) throws IOException {
        return new HeaderReader(channel, file).read();
    }

    private SafetensorsHeader read() throws IOException {
        long headerBytes = headerBytes();
        long dataStart = SafetensorsHeader.LENGTH_BYTES + headerBytes;
        long dataBytes = fileBytes - dataStart;
        try (StrictJson json = new StrictJson(text(headerBytes), file, "header")) {
            json.beginObject("the header");
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                if (name.equals(SafetensorsHeader.METADATA)) {
                    readMetadata(json);
                } else if (tensors.size() == SafetensorsHeader.MOST_TENSORS) {
                    throw json.fail("more than " + SafetensorsHeader.MOST_TENSORS + " tensors, expected at most that");
                } else {
                    tensors.put(name, readTensor(json, name, dataStart, dataBytes));
                }
            }
            json.end();
        }
        SafetensorsHeader header = new SafetensorsHeader(metadata, tensors, dataStart, dataBytes);
        header.checkCoverage(file);
        return header;
    }

    /// The length in front of the header, once it is known to be one: a file of another kind is named as what it is.
    private long headerBytes() throws IOException {
        ByteBuffer start = ByteBuffer.allocate(FileKind.START_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(start, 0);
        start.flip();
        if (fileBytes <= SafetensorsHeader.LENGTH_BYTES) {
            throw ModelFormatException.at(file, 0, "the file has " + fileBytes
                    + " bytes, expected a length of 8 bytes and a header" + ModelFormatException.AGAIN);
        }
        long bytes = start.getLong(0);
        long most = Math.min(fileBytes - SafetensorsHeader.LENGTH_BYTES, SafetensorsHeader.MOST_HEADER_BYTES);
        boolean inRange = bytes > 0 && bytes <= most;
        if (inRange && "{ \t\r\n".indexOf(start.get(SafetensorsHeader.LENGTH_BYTES)) >= 0) {
            return bytes;
        }
        String kind = FileKind.of(start);
        if (kind != null) {
            throw ModelFormatException.at(file, 0, "not a safetensors file: " + kind);
        }
        if (inRange) {
            throw ModelFormatException.at(file, SafetensorsHeader.LENGTH_BYTES,
                    "header: it begins with byte " + (start.get(SafetensorsHeader.LENGTH_BYTES) & 0xff)
                            + ", expected '{' (123)" + ModelFormatException.AGAIN);
        }
        throw ModelFormatException.at(file, 0, "the header length is " + Long.toUnsignedString(bytes)
                + ", expected 1 to " + most + " in a file of " + fileBytes + " bytes" + ModelFormatException.AGAIN);
    }

    private void readMetadata(StrictJson json) throws IOException {
        if (json.isNull()) {
            return; // written by some tools for "none"
        }
        json.beginObject(SafetensorsHeader.METADATA);
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (metadata.size() == MOST_METADATA) {
                throw json.fail("more than " + MOST_METADATA + " entries in __metadata__, expected at most that");
            }
            metadata.put(name, json.text("metadata " + Quoted.of(name)));
        }
    }

    private Entry readTensor(StrictJson json, String name, long dataStart, long dataBytes) throws IOException {
        String tensor = "tensor " + Quoted.of(name);
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        json.beginObject(tensor);
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            String what = key + " of " + tensor;
            switch (key) {
                case "dtype" -> dtype = json.text(what);
                case "shape" -> shape = wholes(json, what, MOST_DIMENSIONS);
                case "data_offsets" -> offsets = wholes(json, what, 2);
                default -> throw json.fail(tensor + " has the field " + Quoted.of(key)
                        + ", expected dtype, shape and data_offsets only");
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw json
                    .fail(tensor + " lacks " + (dtype == null ? "dtype" : shape == null ? "shape" : "two data_offsets")
                            + ", expected dtype, shape and two data_offsets");
        }
        boolean counter = dtype.equals(SafetensorsHeader.COUNTER) && shape.isEmpty();
        if (!counter && !dtype.equals(SafetensorsHeader.DTYPE)) {
            throw ModelFormatException.inTensor(file, name, -1,
                    "dtype is " + Quoted.of(dtype) + ", expected 'F32'; save the weights as float32");
        }
        Entry entry = new Entry(name, shape, offsets.get(0), offsets.get(1));
        checkSize(entry, counter ? Long.BYTES : Float.BYTES, dtype, dataStart, dataBytes);
        return entry;
    }

    private void checkSize(Entry entry, int valueBytes, String dtype, long dataStart, long dataBytes)
            throws ModelFormatException {
        if (entry.begin() > entry.end() || entry.end() > dataBytes) {
            throw ModelFormatException.inTensor(file, entry.name(), -1, "data_offsets are " + entry.offsets()
                    + ", expected ascending ones up to " + dataBytes + ", the bytes of data in the file"
                    + ModelFormatException.AGAIN);
        }
        long expected = valueBytes;
        boolean empty = false;
        try {
            for (long size : entry.shape()) { // zeros aside, so that the order of the sizes does not matter
                expected = Math.multiplyExact(expected, Math.max(size, 1));
                empty |= size == 0;
            }
        } catch (ArithmeticException e) {
            throw ModelFormatException.inTensor(file, entry.name(), -1, "shape is " + entry.shape()
                    + ", expected a product below 2^61" + ModelFormatException.AGAIN);
        }
        expected = empty ? 0 : expected;
        if (entry.end() - entry.begin() != expected) {
            throw ModelFormatException.inTensor(file, entry.name(), dataStart + entry.begin(),
                    "data_offsets " + entry.offsets() + " hold " + (entry.end() - entry.begin()) + " bytes, expected "
                            + expected + " for " + dtype + " " + entry.shape() + ModelFormatException.AGAIN);
        }
    }

    private static List<Long> wholes(StrictJson json, String what, int most) throws IOException {
        List<Long> values = new ArrayList<>(2);
        json.beginArray(what);
        while (json.nextElement()) {
            if (values.size() == most) {
                throw json.fail(what + " has more than " + most + " numbers, expected at most that");
            }
            values.add(json.whole("a number in " + what, 0, Long.MAX_VALUE));
        }
        return values;
    }

    /// The header as text: decoded as it is read, since a whole one may take more memory than the rest of the program.
    private InputStreamReader text(long headerBytes) {
        return new InputStreamReader(new InputStream() {
            private long position = SafetensorsHeader.LENGTH_BYTES;
            private final long end = position + headerBytes;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int most = (int) Math.min(length, end - position);
                int count = most == 0 ? -1 : channel.read(ByteBuffer.wrap(target, offset, most), position);
                position += Math.max(count, 0);
                return count;
            }
        }, StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    }

    private void readFully(ByteBuffer target, long from) throws IOException {
        long position = from;
        int count = 0;
        while (target.hasRemaining() && count >= 0) {
            count = channel.read(target, position);
            position += count;
        }
    }
}
