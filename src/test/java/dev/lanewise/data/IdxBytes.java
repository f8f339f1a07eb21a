// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/// Files in the making: IDX, gzip, and damage.
final class IdxBytes {
    private IdxBytes() {
    }

    /// An IDX file of unsigned bytes: header as given, then `body`.
    static byte[] idx(int[] shape, byte... body) {
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + body.length);
        file.put(new byte[]{0, 0, 8, (byte) shape.length});
        for (int n : shape) {
            file.putInt(n);
        }
        return file.put(body).array();
    }

    /// `items` images of 2 x 3 pixels with the bytes 0, 1, 2, ...
    static byte[] images(int items) {
        return idx(new int[]{items, 2, 3}, counting(6 * items));
    }

    static byte[] labels(int... labels) {
        byte[] body = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            body[i] = (byte) labels[i];
        }
        return idx(new int[]{labels.length}, body);
    }

    static byte[] counting(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] cut(byte[] bytes, int length) {
        return java.util.Arrays.copyOf(bytes, length);
    }

    /// A copy with the byte at `at` (from the end if negative) set to `value`.
    static byte[] with(byte[] bytes, int at, int value) {
        byte[] copy = bytes.clone();
        copy[at < 0 ? copy.length + at : at] = (byte) value;
        return copy;
    }
}
