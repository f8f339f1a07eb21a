// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.Table;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Rows of features with a target each: class labels for classification, one or more numbers for regression.
///
/// The factories that take arrays or memory copy them; [#of(Table, Table)] takes over tables without a copy.
///
/// **Ownership**: the data set owns its tables and the memory of the [Batches] it has made; [#close] frees them all and
/// is harmless a second time. **Threads**: any number may read, one may close.
///
/// **Throws** `IllegalStateException` after close.
public final class Dataset implements AutoCloseable {
    private static final String OR_IGNORED = ", or " + ClassLabels.IGNORED
            + " (ClassLabels.IGNORED) for a row that does"
            + " not count";

    private final Table features;
    private final Table targets;
    private final int classes;
    private final List<Batches> made = new ArrayList<>();
    private @Nullable FloatMatrix weights;
    private boolean open = true;

    private Dataset(Table features, Table targets, int classes) {
        this.features = features;
        this.targets = targets;
        this.classes = classes;
    }

    /// A regression with one target for each row of `x` (rows, cols).
    ///
    /// **Throws** `IllegalArgumentException` if there is no row, rows differ in length, or `y` has another length.
    public static Dataset of(float[][] x, float[] y) {
        return owning(FloatMatrix.copyOf(x), () -> FloatMatrix.column(y));
    }

    /// A regression with several targets, `y` (rows, outputs), or a classification by probabilities.
    ///
    /// **Throws** `IllegalArgumentException` as for one target.
    public static Dataset of(float[][] x, float[][] y) {
        return owning(FloatMatrix.copyOf(x), () -> targets(FloatMatrix.copyOf(y)));
    }

    /// One target without its padding.
    private static FloatMatrix targets(FloatMatrix copy) {
        if (copy.cols() > 1) {
            return copy;
        }
        try (copy) {
            FloatMatrix column = FloatMatrix.allocateColumn(copy.rows());
            column.copyFrom(copy);
            return column;
        }
    }

    /// A classification with a class index for each row of `x` (rows, cols); the largest label sets the number of
    /// classes. Rows of the label [ClassLabels#IGNORED] (-100) do not count.
    ///
    /// **Throws** `IllegalArgumentException` if there is no row, rows differ in length, `labels` has another length, or
    /// a label is neither a class nor ignored.
    public static Dataset of(float[][] x, int[] labels) {
        return owning(FloatMatrix.copyOf(x), () -> ClassLabels.copyOf(labels));
    }

    /// As [#of(float[][], float[])], from the row-major `x` (rows * cols).
    public static Dataset of(float[] x, int rows, int cols, float[] y) {
        return of(MemorySegment.ofArray(x), rows, cols, y);
    }

    /// As [#of(float[][], int[])], from the row-major `x` (rows * cols).
    public static Dataset of(float[] x, int rows, int cols, int[] labels) {
        return of(MemorySegment.ofArray(x), rows, cols, labels);
    }

    /// As [#of(float[][], float[])], from row-major native-endian floats in heap, native or mapped memory.
    public static Dataset of(MemorySegment x, int rows, int cols, float[] y) {
        return owning(FloatMatrix.copyOf(x, rows, cols), () -> FloatMatrix.column(y));
    }

    /// As [#of(float[][], int[])], from row-major native-endian floats in heap, native or mapped memory.
    public static Dataset of(MemorySegment x, int rows, int cols, int[] labels) {
        return owning(FloatMatrix.copyOf(x, rows, cols), () -> ClassLabels.copyOf(labels));
    }

    /// A data set of these tables, which it takes over unless this method throws. The features are a [FloatMatrix] or a
    /// [ByteMatrix]. Class labels make it a classification, whose largest label sets the number of classes;
    /// rows of the label [ClassLabels#IGNORED] (-100) belong to none: [dev.lanewise.nn.CrossEntropyLoss] gives them no loss,
    /// and accuracies leave them out.
    ///
    /// **Throws** `IllegalArgumentException` if the numbers of rows differ, the features are labels, the targets are
    /// bytes, or a label is neither a class nor ignored, or all are.
    public static Dataset of(Table x, Table y) {
        int classes = y instanceof ClassLabels labels ? classes(labels) : 0;
        checkShapes(x, y);
        return new Dataset(x, y, classes);
    }

    /// As [#of(Table, Table)] with labels of a known number of classes.
    ///
    /// **Throws** `IllegalArgumentException` also if a label is not less than `classes`; all may be ignored.
    public static Dataset of(Table x, ClassLabels labels, int classes) {
        for (int r = 0; r < labels.rows(); r++) {
            int label = labels.get(r);
            if ((label < 0 || label >= classes) && label != ClassLabels.IGNORED) {
                throw new IllegalArgumentException("Dataset.of: label of row " + r + " is " + label
                        + ", expected 0 to " + (classes - 1) + " for " + classes + " classes" + OR_IGNORED);
            }
        }
        checkShapes(x, labels);
        return new Dataset(x, labels, classes);
    }

    /// As [#of(Table, ClassLabels, int)] for labels that a reader has checked one by one.
    static Dataset ofChecked(Table x, ClassLabels labels, int classes) {
        return new Dataset(x, labels, classes);
    }

    private static int classes(ClassLabels labels) {
        int largest = -1;
        for (int r = 0; r < labels.rows(); r++) {
            int label = labels.get(r);
            if ((label < 0 || label == Integer.MAX_VALUE) && label != ClassLabels.IGNORED) {
                throw new IllegalArgumentException("Dataset.of: label of row " + r + " is " + label
                        + ", expected a class index, 0 to " + (Integer.MAX_VALUE - 1) + OR_IGNORED);
            }
            largest = Math.max(largest, label);
        }
        if (largest < 0) {
            throw new IllegalArgumentException("Dataset.of: all " + labels.rows() + " labels are " + ClassLabels.IGNORED
                    + ", which is ignored, expected a class among them, or the number of classes as third argument");
        }
        return largest + 1;
    }

    private static void checkShapes(Table x, Table y) {
        if (x instanceof ClassLabels) {
            throw new IllegalArgumentException("Dataset.of: features are class labels, expected a matrix");
        }
        if (y instanceof ByteMatrix) {
            throw new IllegalArgumentException("Dataset.of: targets are bytes, expected ClassLabels or a FloatMatrix; "
                    + "ByteMatrix.toFloats() converts them");
        }
        if (x.rows() != y.rows()) {
            throw new IllegalArgumentException("Dataset.of: " + x.rows() + " rows of features but " + y.rows()
                    + " targets, expected equal numbers");
        }
    }

    /// Makes the targets and the data set, and leaves nothing open if that fails.
    private static Dataset owning(Table x, TableSource source) {
        Table y = null;
        try {
            y = source.make();
            return of(x, y);
        } catch (RuntimeException e) {
            x.close();
            if (y != null) {
                y.close();
            }
            throw e;
        }
    }

    private interface TableSource {
        Table make();
    }

    /// The features, (rows, cols): a [FloatMatrix] or a [ByteMatrix].
    public Table features() {
        requireOpen();
        return features;
    }

    /// The targets: [ClassLabels] for classification, else a [FloatMatrix] (rows, outputs).
    public Table targets() {
        requireOpen();
        return targets;
    }

    /// The weights of the rows, (rows, 1), or null if each counts once.
    public @Nullable FloatMatrix weights() {
        requireOpen();
        return weights;
    }

    /// Gives each row a weight that multiplies its loss, in training and in evaluation; what means divide by stays as it
    /// is. To be set before batches are made.
    ///
    /// **Throws** `IllegalArgumentException` unless there are as many as rows, finite and at least 0,
    /// `IllegalStateException` if there are batches or weights already.
    public Dataset weights(float... rowWeights) {
        requireOpen();
        if (rowWeights.length != rows()) {
            throw new IllegalArgumentException("Dataset.weights: " + rowWeights.length + " weights given, expected "
                    + rows() + ", one for each row");
        }
        for (int r = 0; r < rowWeights.length; r++) {
            if (!(rowWeights[r] >= 0) || Float.isInfinite(rowWeights[r])) {
                throw new IllegalArgumentException("Dataset.weights: weight of row " + r + " is " + rowWeights[r]
                        + ", expected a finite number of at least 0");
            }
        }
        if (!made.isEmpty() || weights != null) {
            throw new IllegalStateException(
                    "Dataset.weights: there are batches or weights already; set the weights once, before batches()");
        }
        weights = FloatMatrix.column(rowWeights);
        return this;
    }

    /// Number of rows.
    public int rows() {
        return features.rows();
    }

    /// Number of features.
    public int cols() {
        return features.cols();
    }

    /// Number of classes, or 0 if the targets are numbers.
    public int classes() {
        return classes;
    }

    /// Minibatches of `batchSize` rows, in order until [Batches#shuffle] is called; a size beyond the rows means all
    /// rows.
    ///
    /// Make them once, before the loop over the epochs: new batches begin with epoch 0 again, and each shuffled one
    /// holds 4 bytes of native memory a row until it or the data set is closed.
    ///
    /// **Throws** `IllegalArgumentException` if the size is less than 1.
    public Batches batches(int batchSize) {
        requireOpen();
        Batches batches = new Batches(features, targets, weights, batchSize);
        made.add(batches);
        return batches;
    }

    /// All rows in order as the only batch of each epoch: for gradient descent on the full data.
    public Batches fullBatch() {
        return batches(rows());
    }

    /// A copy of the rows with these numbers, in this order; a row may be taken more than once.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no such row, `IllegalArgumentException` if none is asked for.
    public Dataset select(int... rowNumbers) {
        requireOpen();
        for (int row : rowNumbers) {
            Objects.checkIndex(row, rows());
        }
        try (NativeBuffer index = NativeBuffer.allocate("Dataset.select: " + rowNumbers.length + " row numbers",
                (long) rowNumbers.length * Integer.BYTES)) {
            MemorySegment.copy(rowNumbers, 0, index.segment(), ValueLayout.JAVA_INT, 0, rowNumbers.length);
            return select(index.segment(), 0, rowNumbers.length);
        }
    }

    /// Copies of the rows for training and for testing, chosen at random.
    ///
    /// The test rows are the first `round(testFraction * rows)` of the permutation keyed `(seed, "split")`, the
    /// training rows are the others, both in the order of the permutation; classes are not balanced. Few rows and a
    /// small fraction may leave no test row.
    ///
    /// **Throws** `IllegalArgumentException` if the fraction is not in [0, 1) or leaves nothing to train on.
    public TrainTest split(double testFraction, long seed) {
        requireOpen();
        if (!(testFraction >= 0 && testFraction < 1)) {
            throw new IllegalArgumentException(
                    "Dataset.split: test fraction is " + testFraction + ", expected 0 or more and less than 1");
        }
        int testRows = (int) Math.round(testFraction * rows());
        if (testRows == rows()) {
            throw new IllegalArgumentException("Dataset.split: test fraction " + testFraction + " of " + rows()
                    + " rows leaves no row to train on; give a smaller fraction or more rows");
        }
        try (NativeBuffer order = NativeBuffer.allocate("Dataset.split: order of " + rows() + " rows",
                (long) rows() * Integer.BYTES)) {
            RandomStreams.permutation(RandomStreams.stream(seed, "split"), order.segment(), rows());
            Dataset train = select(order.segment(), testRows, rows() - testRows);
            try {
                return testRows == 0
                        ? new TrainTest(train)
                        : new TrainTest(train, select(order.segment(), 0, testRows));
            } catch (RuntimeException e) {
                train.close();
                throw e;
            }
        }
    }

    /// Copies the rows named by `count` entries of `index` from entry `from`.
    private Dataset select(MemorySegment index, int from, int count) {
        Table x = allocateLike(features, count);
        try {
            Table y = allocateLike(targets, count);
            Dataset selected = new Dataset(x, y, classes);
            try {
                selected.weights = weights == null ? null : FloatMatrix.allocateColumn(count); // the last that can fail
            } catch (RuntimeException e) {
                y.close();
                throw e;
            }
            copyRows(x, features, index, from);
            copyRows(y, targets, index, from);
            if (weights != null && selected.weights != null) {
                copyRows(selected.weights, weights, index, from);
            }
            return selected;
        } catch (RuntimeException e) {
            x.close();
            throw e;
        }
    }

    private static Table allocateLike(Table table, int rows) {
        return switch (table) {
            case FloatMatrix m ->
                m.isPacked() ? FloatMatrix.allocateColumn(rows) : FloatMatrix.allocate(rows, m.cols());
            case ByteMatrix b -> ByteMatrix.allocate(rows, b.cols(), b.scale());
            case ClassLabels _ -> ClassLabels.allocate(rows);
        };
    }

    private static void copyRows(Table to, Table from, MemorySegment index, int first) {
        switch (from) {
            case FloatMatrix m ->
                Kernels.DATA.gather(to.segment(), m.stride(), 0, m.segment(), m.stride(), index, first,
                        0, to.rows(), m.cols());
            case ByteMatrix b -> copyRows(to.segment(), b.segment(), b.stride(), index, first, to.rows());
            case ClassLabels l -> copyRows(to.segment(), l.segment(), Integer.BYTES, index, first, to.rows());
        }
    }

    private static void copyRows(MemorySegment to, MemorySegment from, long rowBytes, MemorySegment index, int first,
            int rows) {
        for (int r = 0; r < rows; r++) {
            int row = index.getAtIndex(ValueLayout.JAVA_INT, first + r);
            MemorySegment.copy(from, row * rowBytes, to, r * rowBytes, rowBytes);
        }
    }

    /// Bytes of native memory that the rows take; 0 after close.
    public long bytesOffHeap() {
        return open
                ? features.segment().byteSize() + targets.segment().byteSize()
                        + (weights == null ? 0 : weights.segment().byteSize())
                : 0;
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    @Override
    public void close() {
        open = false;
        for (Batches batches : made) {
            batches.close();
        }
        features.close();
        targets.close();
        if (weights != null) {
            weights.close();
        }
    }

    @Override
    public String toString() {
        return "Dataset (" + rows() + ", " + cols() + ")" + (classes == 0 ? "" : " with " + classes + " classes");
    }
}
