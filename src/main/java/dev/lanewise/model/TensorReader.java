// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// Reads the values of one tensor, chunk by chunk, into a matrix: the way back from [TensorBytes]. The file is read,
/// never mapped: code that touches a mapping of a file cut short under it kills the JVM.
final class TensorReader {
    private final FileChannel channel;
    private final Path file;
    private final long start;
    private final NamedTensor tensor;
    private final FloatMatrix values;
    private final int[] bits = new int[TensorBytes.CHUNK_FLOATS];
    private final ByteBuffer bytes = ByteBuffer.allocate(TensorBytes.CHUNK_FLOATS * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    private int row;
    private int col;

    /// Reads into `tensor` what begins at byte `start` of the file, which may be any byte.
    TensorReader(FileChannel channel, Path file, long start, NamedTensor tensor) {
        this.channel = channel;
        this.file = file;
        this.start = start;
        this.tensor = tensor;
        this.values = tensor.values();
    }

    /// **Throws** [ModelFormatException] if a value is not finite or the file ends before the last one.
    void read() throws IOException {
        for (long done = 0; done < tensor.size();) {
            int count = (int) Math.min(bits.length, tensor.size() - done);
            fill(start + done * Float.BYTES, count);
            for (int used = 0; used < count;) {
                int run = Math.min(count - used, values.cols() - col);
                checkValues(start + done * Float.BYTES, used, run);
                MemorySegment.copy(bits, used, values.segment(), ValueLayout.JAVA_INT,
                        TensorBytes.offset(values, row, col), run);
                used += run;
                col += run;
                if (col == values.cols()) {
                    col = 0;
                    row++;
                }
            }
            done += count;
        }
    }

    private void fill(long from, int count) throws IOException {
        bytes.clear().limit(count * Float.BYTES);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw changed(file, channel.size(), start + tensor.size() * Float.BYTES);
            }
        }
        bytes.flip().asIntBuffer().get(bits, 0, count);
    }

    private void checkValues(long from, int used, int run) throws ModelFormatException {
        for (int i = 0; i < run && !tensor.isCounter(); i++) {
            int value = bits[used + i];
            if ((value & 0x7f800000) == 0x7f800000) {
                throw ModelFormatException.inTensor(file, tensor.name(), from + (long) (used + i) * Float.BYTES,
                        "the value at row " + row + ", column " + (col + i) + " is " + Float.intBitsToFloat(value)
                                + ", expected finite weights; train again with a smaller learning rate");
            }
        }
    }

    static ModelFormatException changed(Path file, long bytes, long expected) {
        return ModelFormatException.at(file, Math.min(bytes, expected), "changed while it was read: it has " + bytes
                + " bytes, expected " + expected + "; read it again when nobody writes to it");
    }
}
