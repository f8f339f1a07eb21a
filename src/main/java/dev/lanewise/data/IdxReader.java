// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.io.IOException;
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
    private IdxReader() {
    }

    /// Reads the four files of MNIST from a folder: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
    /// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, also with `.idx` in place of `-idx`, also with `.gz`.
    ///
    /// The training labels set the number of classes. Labels from 10 on must occur without gaps, and in both label
    /// files: otherwise they are taken for damage. **Threads**: the test images are read by a second thread, which has
    /// ended when this method returns.
    public static TrainTest read(Path directory) throws IOException {
        return read(directory, FeatureStorage.FLOATS);
    }

    /// As [#read(Path)] with features kept in this way.
    public static TrainTest read(Path directory, FeatureStorage storage) throws IOException {
        Path images = find(directory, "train-images", 3);
        Path labels = find(directory, "train-labels", 1);
        Path testImages = find(directory, "t10k-images", 3);
        Path testLabels = find(directory, "t10k-labels", 1);
        try (IdxPair train = new IdxPair(images, labels); IdxPair test = new IdxPair(testImages, testLabels)) {
            test.readLabels(train.readLabels(0));
            train.requireFits(test);
            train.allocateImages(storage);
            test.allocateImages(storage);
            try (SideTask testReader = SideTask.start("lanewise-test-images", test::readImages)) {
                train.readImages();
                testReader.await();
            }
            return new TrainTest(train.dataset(), test.dataset());
        }
    }

    /// Reads the two t10k files from a folder in the layout of MNIST, for a model of `classes` classes.
    public static Dataset readTest(Path directory, int classes) throws IOException {
        return readTest(directory, classes, FeatureStorage.FLOATS);
    }

    /// As [#readTest(Path, int)] with features kept in this way.
    public static Dataset readTest(Path directory, int classes, FeatureStorage storage) throws IOException {
        return read(find(directory, "t10k-images", 3), find(directory, "t10k-labels", 1), classes, storage);
    }

    /// Reads images and their labels, which set the number of classes.
    ///
    /// Labels from 10 on must occur without gaps: a larger one is taken for damage.
    public static Dataset read(Path images, Path labels) throws IOException {
        return read(images, labels, 0, FeatureStorage.FLOATS);
    }

    /// As [#read(Path, Path)] with features kept in this way.
    public static Dataset read(Path images, Path labels, FeatureStorage storage) throws IOException {
        return read(images, labels, 0, storage);
    }

    /// Reads images and their labels of `classes` classes.
    public static Dataset read(Path images, Path labels, int classes) throws IOException {
        return read(images, labels, classes, FeatureStorage.FLOATS);
    }

    /// As [#read(Path, Path, int)] with features kept in this way.
    public static Dataset read(Path images, Path labels, int classes, FeatureStorage storage) throws IOException {
        try (IdxPair pair = new IdxPair(images, labels)) {
            pair.readLabels(classes);
            pair.allocateImages(storage);
            pair.readImages();
            return pair.dataset();
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
}
