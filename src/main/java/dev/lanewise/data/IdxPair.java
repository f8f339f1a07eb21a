// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Table;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file of images and the file of their labels, read in steps: both headers, the labels, the images. What has been
/// read is closed with this unless [#dataset] has handed it over.
///
/// Values go through arrays and from there to native memory many at a time: reading is over before the compiler has
/// seen what a single access costs.
final class IdxPair implements Closeable {
    /// Labels below this need not all occur; larger ones must be without gaps, since a damaged byte looks just like
    /// them.
    static final int MNIST_CLASSES = 10;
    private static final int CHUNK_BYTES = 1 << 18;
    private static final float SCALE = 1f / 255f;

    private final IdxFile imageFile;
    private final IdxFile labelFile;
    /// How often each of the 256 possible labels occurs.
    private final int[] examples = new int[256];
    private int classes;
    private @Nullable ClassLabels labels;
    private @Nullable Table images;

    /// Opens both files and compares what their headers say.
    IdxPair(Path images, Path labels) throws IOException {
        imageFile = new IdxFile(images, 3);
        try {
            labelFile = new IdxFile(labels, 1);
        } catch (IOException | RuntimeException e) {
            imageFile.close();
            throw e;
        }
        if (imageFile.items() != labelFile.items()) {
            DataFormatException e = imageFile.error(imageFile.items() + " images", "as many as the "
                    + labelFile.items() + " labels in " + Shown.escaped(labelFile.name()));
            close();
            throw e;
        }
    }

    /// Reads and checks the labels, and returns the number of classes: `known`, or set by the labels if that is 0.
    int readLabels(int known) throws IOException {
        int items = labelFile.items();
        ClassLabels y = ClassLabels.allocate(items);
        labels = y;
        byte[] bytes = new byte[Math.min(CHUNK_BYTES, items)];
        int[] chunk = new int[bytes.length];
        for (long first = 0; first < items; first += bytes.length) {
            int count = (int) Math.min(bytes.length, items - first);
            labelFile.read(bytes, count, first);
            for (int i = 0; i < count; i++) {
                chunk[i] = bytes[i] & 0xFF;
                examples[chunk[i]]++;
            }
            MemorySegment.copy(chunk, 0, y.segment(), ValueLayout.JAVA_INT, first * Integer.BYTES, count);
        }
        labelFile.finish();
        classes = checkedClasses(known);
        return classes;
    }

    private int checkedClasses(int known) throws IOException {
        int allowed = known;
        if (known == 0) {
            allowed = MNIST_CLASSES;
            while (allowed < examples.length && examples[allowed] > 0) {
                allowed++;
            }
        }
        int largest = 0;
        for (int label = 0; label < examples.length; label++) {
            if (examples[label] > 0) {
                largest = label;
            }
        }
        if (largest >= allowed) {
            throw outOfRange(allowed, known == 0 ? " (more classes need examples of each)" : "");
        }
        if (known == 0 && examples[largest] == labelFile.items()) {
            throw labelFile.error("only one class: " + largest, "labels of at least 2 classes");
        }
        return known == 0 ? largest + 1 : known;
    }

    /// The error of the first label that is not below `allowed`.
    private DataFormatException outOfRange(int allowed, String hint) {
        ClassLabels y = labels();
        int item = 0;
        while (y.get(item) < allowed) {
            item++;
        }
        return DataFormatException.Place.of(labelFile.name(), item + 1L).error("label is out of range",
                String.valueOf(y.get(item)), "0 to " + (allowed - 1) + " for " + allowed + " classes" + hint);
    }

    /// Checks that `test` goes with these images: of the same size, and with examples of every class that a damaged
    /// byte might have invented.
    void requireFits(IdxPair test) throws IOException {
        if (test.imageFile.itemBytes() != imageFile.itemBytes()) {
            throw test.imageFile.error("images of " + test.imageFile.itemBytes() + " pixels",
                    imageFile.itemBytes() + " as in " + Shown.escaped(imageFile.name()));
        }
        for (int unseen = MNIST_CLASSES; unseen < classes; unseen++) {
            if (test.examples[unseen] == 0) {
                throw outOfRange(unseen, " (more classes need examples in both label files)");
            }
        }
    }

    /// Takes the memory for the images.
    void allocateImages(FeatureStorage storage) {
        int rows = imageFile.items();
        int cols = imageFile.itemBytes();
        images = switch (storage) {
            case FLOATS -> FloatMatrix.allocate(rows, cols);
            case BYTES -> ByteMatrix.allocate(rows, cols, SCALE);
        };
    }

    /// Reads the images into the memory taken for them.
    void readImages() throws IOException {
        switch (images()) {
            case FloatMatrix m -> readImages(m);
            case ByteMatrix b -> readImages(b);
            case ClassLabels _ -> throw new IllegalStateException("images are not labels");
        }
        imageFile.finish();
    }

    private void readImages(FloatMatrix to) throws IOException {
        int cols = to.cols();
        int stride = to.stride();
        byte[] bytes = new byte[chunkRows(cols) * cols];
        float[] padded = new float[chunkRows(cols) * stride];
        for (long first = 0; first < to.rows(); first += chunkRows(cols)) {
            int count = readChunk(bytes, first);
            for (int r = 0; r < count; r++) {
                widen(padded, r * stride, bytes, r * cols, cols);
            }
            MemorySegment.copy(padded, 0, to.segment(), ValueLayout.JAVA_FLOAT, first * stride * Float.BYTES,
                    count * stride);
        }
    }

    private static void widen(float[] to, int at, byte[] bytes, int from, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = (bytes[from + i] & 0xFF) * SCALE;
        }
    }

    private void readImages(ByteMatrix to) throws IOException {
        int cols = to.cols();
        int stride = to.stride();
        byte[] bytes = new byte[chunkRows(cols) * cols];
        boolean gaps = stride > cols;
        byte[] padded = gaps ? new byte[chunkRows(cols) * stride] : bytes;
        for (long first = 0; first < to.rows(); first += chunkRows(cols)) {
            int count = readChunk(bytes, first);
            for (int r = 0; r < count && gaps; r++) {
                System.arraycopy(bytes, r * cols, padded, r * stride, cols);
            }
            MemorySegment.copy(padded, 0, to.segment(), ValueLayout.JAVA_BYTE, first * stride, count * stride);
        }
    }

    /// Images to read at a time. Padding makes a chunk of one-pixel images 64 times as large.
    private int chunkRows(int cols) {
        return Math.clamp(CHUNK_BYTES / Math.max(cols, FloatMatrix.LANES * Float.BYTES), 1, imageFile.items());
    }

    /// Reads the images from `first` on, as many as there are and fit, and returns their number.
    private int readChunk(byte[] bytes, long first) throws IOException {
        int cols = imageFile.itemBytes();
        int count = (int) Math.min(bytes.length / cols, imageFile.items() - first);
        imageFile.read(bytes, count * cols, first * cols);
        return count;
    }

    /// Hands over what has been read.
    Dataset dataset() {
        Dataset data = Dataset.ofChecked(images(), labels(), classes);
        images = null;
        labels = null;
        return data;
    }

    private ClassLabels labels() {
        if (labels == null) {
            throw new IllegalStateException("labels have not been read, or have been handed over");
        }
        return labels;
    }

    private Table images() {
        if (images == null) {
            throw new IllegalStateException("images have no memory, or have been handed over");
        }
        return images;
    }

    @Override
    public void close() throws IOException {
        if (labels != null) {
            labels.close();
        }
        if (images != null) {
            images.close();
        }
        try (imageFile) {
            labelFile.close();
        }
    }
}
