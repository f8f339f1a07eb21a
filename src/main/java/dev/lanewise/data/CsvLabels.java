// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import it.unimi.dsi.fastutil.floats.FloatArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import org.jspecify.annotations.Nullable;

/// The label column of a CSV file: its numbers, and as long as all are whole ones, these exactly, because a float
/// counts exactly only to 2^24.
final class CsvLabels {
    /// Up to so many distinct whole numbers are taken for classes.
    static final int MAX_AUTO_CLASSES = 100;

    private final FloatArrayList values = new FloatArrayList();
    private final LongArrayList integers = new LongArrayList();
    private final LongOpenHashSet distinct = new LongOpenHashSet();
    private int otherRow = -1;
    private @Nullable String other; // the first text that is no whole number, or too large a one

    /// Adds the label of the next row: the decimal number in `text[from .. to - 1]`, whose float is `value`.
    void add(char[] text, int from, int to, float value) {
        if (other == null) {
            try {
                if (!DecimalText.isInteger(text, from, to)) {
                    stopCounting(text, from, to);
                } else {
                    long integer = DecimalText.toLong(text, from, to);
                    integers.add(integer);
                    if (distinct.size() <= MAX_AUTO_CLASSES) {
                        distinct.add(integer);
                    }
                }
            } catch (NumberFormatException e) { // beyond 64 bits
                stopCounting(text, from, to);
            }
        }
        values.add(value);
    }

    private void stopCounting(char[] text, int from, int to) {
        other = new String(text, from, Math.min(to - from, 100));
        otherRow = values.size();
        integers.clear();
        integers.trim();
    }

    /// Row of the first label that is no whole number of 64 bits, or -1.
    int otherRow() {
        return otherRow;
    }

    /// Text of that label.
    String other() {
        return other == null ? "" : other;
    }

    /// Whether there are more distinct whole numbers than are taken for classes.
    boolean manyDistinct() {
        return distinct.size() > MAX_AUTO_CLASSES;
    }

    /// Number of distinct whole numbers, if these are not many.
    int distinct() {
        return distinct.size();
    }

    /// The whole numbers of all rows, if all are such.
    LongArrayList integers() {
        return integers;
    }

    /// The numbers of all rows.
    FloatArrayList values() {
        return values;
    }
}
