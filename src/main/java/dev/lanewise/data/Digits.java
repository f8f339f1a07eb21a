// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/// The embedded data set: 1,797 real images of handwritten digits, 8x8 pixels, 10 classes.
///
/// It is small enough to ship and real enough to judge by: softmax regression reaches some 96 % on its test rows.
/// Pixels of 0 to 16 become `pixel * (1f / 16f)`, exactly. Image `i` is a test image if `i % 5 == 4`.
///
/// **Source**: UCI Machine Learning Repository, "Optical Recognition of Handwritten Digits"; the licence lies beside
/// the data in the jar, `digits.LICENSE.txt`.
public final class Digits {
    /// Number of images.
    public static final int ROWS = 1797;
    /// Number of test images.
    public static final int TEST_ROWS = 359;
    /// Pixels of an image.
    public static final int COLS = 64;
    /// Number of classes.
    public static final int CLASSES = 10;

    private static final float SCALE = 1f / 16f;
    private static final int TEST_EVERY = 5;

    private Digits() {
    }

    /// The 1,438 training and 359 test images; the caller closes them.
    ///
    /// **Throws** `OffHeapMemoryException` if memory is refused.
    public static TrainTest load() {
        float[][] pixels = new float[ROWS][COLS];
        int[] labels = new int[ROWS];
        parse(text(), pixels, labels);
        Dataset train = part(pixels, labels, false);
        try {
            return new TrainTest(train, part(pixels, labels, true));
        } catch (RuntimeException e) {
            train.close();
            throw e;
        }
    }

    private static byte[] text() {
        try (InputStream resource = Digits.class.getResourceAsStream("digits.csv.gz")) {
            if (resource == null) {
                throw new IllegalStateException("Digits.load: digits.csv.gz is missing beside the class; "
                        + "the jar must be whole");
            }
            return new GZIPInputStream(resource, 1 << 16).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Digits.load: digits.csv.gz in the jar cannot be read", e);
        }
    }

    /// Takes lines of 64 pixels and the label, all small whole numbers without signs or blanks.
    private static void parse(byte[] text, float[][] pixels, int[] labels) {
        int at = 0;
        for (int i = 0; i < ROWS; i++) {
            for (int c = 0; c <= COLS; c++) {
                int value = 0;
                for (; text[at] >= '0'; at++) {
                    value = 10 * value + text[at] - '0';
                }
                at++; // the comma or the end of the line
                if (c < COLS) {
                    pixels[i][c] = value * SCALE;
                } else {
                    labels[i] = value;
                }
            }
        }
    }

    private static Dataset part(float[][] pixels, int[] labels, boolean test) {
        int[] rows = IntStream.range(0, ROWS).filter(i -> (i % TEST_EVERY == TEST_EVERY - 1) == test).toArray();
        float[][] x = new float[rows.length][];
        int[] y = new int[rows.length];
        for (int r = 0; r < rows.length; r++) {
            x[r] = pixels[rows[r]];
            y[r] = labels[rows[r]];
        }
        return Dataset.of(x, y);
    }
}
