// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.util.Arrays;

/// The classes of a model: class index `i` is the label `label(i)` of the data, labels ascending.
///
/// It is part of a model, so that a prediction is a label of the training data and not an index.
public final class LabelDictionary {
    private final long[] labels;

    private LabelDictionary(long[] labels) {
        this.labels = labels;
    }

    /// The dictionary of these labels, as [#labels] gave them.
    ///
    /// **Throws** `IllegalArgumentException` if there is none or they are not in strictly ascending order.
    public static LabelDictionary of(long... labels) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("LabelDictionary.of: no labels given, expected at least one");
        }
        for (int i = 1; i < labels.length; i++) {
            if (labels[i] <= labels[i - 1]) {
                throw new IllegalArgumentException("LabelDictionary.of: label " + labels[i] + " follows "
                        + labels[i - 1] + ", expected ascending labels");
            }
        }
        return new LabelDictionary(labels.clone());
    }

    /// The dictionary of the distinct labels in `examples`.
    static LabelDictionary ofExamples(long[] examples) {
        return new LabelDictionary(Arrays.stream(examples).sorted().distinct().toArray());
    }

    /// Number of classes.
    public int size() {
        return labels.length;
    }

    /// The label of class `index`.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is no such class.
    public long label(int index) {
        return labels[index];
    }

    /// The class of `label`, or -1 if there is none.
    public int index(long label) {
        return Math.max(-1, Arrays.binarySearch(labels, label));
    }

    /// All labels, ascending.
    public long[] labels() {
        return labels.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelDictionary that && Arrays.equals(labels, that.labels);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(labels);
    }

    /// The labels, the first 20 if there are more: `0, 1, 2`.
    @Override
    public String toString() {
        return Shown.names(Arrays.stream(labels).mapToObj(Long::toString).toList());
    }
}
