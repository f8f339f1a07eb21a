// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads image sets in the layout of MNIST: an IDX file of images (items x rows x columns, unsigned bytes) and one of
/// labels, plain or gzip by content, whatever their names end in.
///
/// **Numerics**: a feature is `b * (1f / 255f)`, which differs from a division by 255 in the last bit for 126 of the
/// 256 bytes.
///
/// **Throws** [DataFormatException] naming the file and the item if the files are not what they should be,
/// `NoSuchFileException` if one is missing, `AccessDeniedException` if one must not be read, `OffHeapMemoryException`
/// if memory is refused: before anything is allocated that the file cannot fill.
public final class IdxReader {
    /// Labels below this need not all occur; larger ones must be without gaps, since a damaged byte looks just like
    /// them.
    private static final int MNIST_CLASSES = 10;
    private static final int CHUNK_BYTES = 1 << 18;
    private static final float SCALE = 1f / 255f;

    private IdxReader() {
    }

    /// Reads the four files of MNIST from a folder: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
    /// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, also with `.idx` in place of `-idx`, also with `.gz`.
    ///
    /// The training labels set the number of classes. Labels from 10 on must occur without gaps, and in both label
    /// files: otherwise they are taken for damage.
    public static TrainTest read(Path directory) throws IOException {
        Path images = find(directory, "train-images", 3);
        Path labels = find(directory, "train-labels", 1);
        Path testImages = find(directory, "t10k-images", 3);
        Path testLabels = find(directory, "t10k-labels", 1);
        Dataset train = read(images, labels);
        try {
            Dataset test = read(testImages, testLabels, train.classes());
            TrainTest both = new TrainTest(train, test);
            try {
                checkTogether(both, images, labels, testImages);
                return both;
            } catch (IOException | RuntimeException e) {
                test.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            train.close();
            throw e;
        }
    }

    private static void checkTogether(TrainTest both, Path images, Path labels, Path testImages) throws IOException {
        int cols = both.train().cols();
        if (both.test().cols() != cols) {
            throw new DataFormatException(testImages.toString(), "images of " + both.test().cols() + " pixels",
                    cols + " as in " + Shown.escaped(images.toString()));
        }
        ClassLabels trainLabels = (ClassLabels) both.train().targets();
        int[] examples = examples((ClassLabels) both.test().targets());
        for (int unseen = MNIST_CLASSES; unseen < both.train().classes(); unseen++) {
            for (int i = 0; i < trainLabels.rows() && examples[unseen] == 0; i++) {
                if (trainLabels.get(i) >= unseen) {
                    throw outOfRange(labels.toString(), i, trainLabels.get(i), unseen,
                            " (more classes need examples in both label files)");
                }
            }
        }
    }

    private static DataFormatException outOfRange(String file, int item, int label, int classes, String hint) {
        return DataFormatException.Place.of(file, item + 1L).error("label is out of range", String.valueOf(label),
                "0 to " + (classes - 1) + " for " + classes + " classes" + hint);
    }

    /// Reads the two t10k files from a folder in the layout of MNIST, for a model of `classes` classes.
    public static Dataset readTest(Path directory, int classes) throws IOException {
        return read(find(directory, "t10k-images", 3), find(directory, "t10k-labels", 1), classes);
    }

    /// Reads images and their labels, which set the number of classes.
    ///
    /// Labels from 10 on must occur without gaps: a larger one is taken for damage.
    public static Dataset read(Path images, Path labels) throws IOException {
        return read(images, labels, 0);
    }

    /// Reads images and their labels of `classes` classes.
    public static Dataset read(Path images, Path labels, int classes) throws IOException {
        try (IdxFile imageFile = new IdxFile(images, 3); IdxFile labelFile = new IdxFile(labels, 1)) {
            if (imageFile.items() != labelFile.items()) {
                throw imageFile.error(imageFile.items() + " images", "as many as the "
                        + labelFile.items() + " labels in " + Shown.escaped(labelFile.name()));
            }
            ClassLabels y = readLabels(labelFile);
            try {
                int count = checkedClasses(labelFile, y, classes);
                FloatMatrix x = readImages(imageFile);
                return Dataset.of(x, y, count);
            } catch (IOException | RuntimeException e) {
                y.close();
                throw e;
            }
        }
    }

    private static Path find(Path directory, String name, int dimensions) throws IOException {
        String modern = name + "-idx" + dimensions + "-ubyte";
        String old = name + ".idx" + dimensions + "-ubyte";
        for (String candidate : new String[]{modern, old, modern + ".gz", old + ".gz"}) {
            Path file = directory.resolve(candidate);
            if (Files.exists(file)) {
                return file;
            }
        }
        if (Files.isDirectory(directory) && !Files.isExecutable(directory)) {
            throw new AccessDeniedException(Shown.escaped(directory.toString()), null, "permission denied");
        }
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(Shown.escaped(directory.toString()), null,
                    Files.exists(directory)
                            ? "is not a folder, expected one with the four files of MNIST"
                            : "no such folder");
        }
        throw new NoSuchFileException(Shown.escaped(directory.resolve(modern).toString()), null,
                "no such file, nor " + old + ", nor either with .gz");
    }

    private static ClassLabels readLabels(IdxFile file) throws IOException {
        ClassLabels labels = ClassLabels.allocate(file.items());
        try {
            MemorySegment to = labels.segment();
            byte[] bytes = new byte[Math.min(CHUNK_BYTES, file.items())];
            for (long first = 0; first < file.items(); first += bytes.length) {
                int count = (int) Math.min(bytes.length, file.items() - first);
                file.read(bytes, count, first);
                for (int i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_INT, first + i, bytes[i] & 0xFF);
                }
            }
            file.finish();
            return labels;
        } catch (IOException | RuntimeException e) {
            labels.close();
            throw e;
        }
    }

    /// How often each of the 256 possible labels occurs.
    private static int[] examples(ClassLabels labels) {
        int[] examples = new int[256];
        for (int i = 0; i < labels.rows(); i++) {
            examples[labels.get(i)]++;
        }
        return examples;
    }

    /// The number of classes, `known` or set by the labels; every label is checked.
    private static int checkedClasses(IdxFile file, ClassLabels labels, int known) throws IOException {
        int[] examples = examples(labels);
        int classes = known;
        if (known == 0) {
            classes = MNIST_CLASSES;
            while (classes < examples.length && examples[classes] > 0) {
                classes++;
            }
        }
        int largest = 0;
        for (int i = 0; i < labels.rows(); i++) {
            int label = labels.get(i);
            if (label >= classes) {
                throw outOfRange(file.name(), i, label, classes,
                        known == 0 ? " (more classes need examples of each)" : "");
            }
            largest = Math.max(largest, label);
        }
        if (known == 0 && examples[largest] == labels.rows()) {
            throw file.error("only one class: " + largest, "labels of at least 2 classes");
        }
        return known == 0 ? largest + 1 : known;
    }

    private static FloatMatrix readImages(IdxFile file) throws IOException {
        int cols = file.itemBytes();
        int rows = file.items();
        FloatMatrix x = FloatMatrix.allocate(rows, cols);
        try {
            int chunkRows = Math.clamp(CHUNK_BYTES / cols, 1, rows);
            byte[] bytes = new byte[chunkRows * cols];
            float[] pixels = new float[cols];
            for (long first = 0; first < rows; first += chunkRows) {
                int count = (int) Math.min(chunkRows, rows - first);
                file.read(bytes, count * cols, first * cols);
                for (int r = 0; r < count; r++) {
                    widen(pixels, bytes, r * cols);
                    x.setRow((int) first + r, pixels);
                }
            }
            file.finish();
            return x;
        } catch (IOException | RuntimeException e) {
            x.close();
            throw e;
        }
    }

    private static void widen(float[] pixels, byte[] bytes, int from) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (bytes[from + i] & 0xFF) * SCALE;
        }
    }
}
