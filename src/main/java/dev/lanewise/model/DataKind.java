// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

/// The kind of data that a model was trained on: the kinds differ in how raw values become features, so data of another
/// kind may mean something else.
public enum DataKind {
    /// Numeric text with a header.
    CSV("csv"),
    /// Images of bytes, each divided by 255.
    IDX("idx"),
    /// The embedded 8x8 images, each value divided by 16.
    DIGITS("digits"),
    /// Generated rows.
    SYNTHETIC("synthetic"),
    /// Arrays handed over by a program.
    MEMORY("memory");

    private final String text;

    DataKind(String text) {
        this.text = text;
    }

    /// The name in model files.
    public String text() {
        return text;
    }
}
