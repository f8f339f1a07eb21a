// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

/// What a target is and a model predicts: one of several classes, or numbers.
public enum Task {
    /// One of a fixed set of labels.
    CLASSIFICATION("classification"),
    /// Real numbers.
    REGRESSION("regression");

    private final String text;

    Task(String text) {
        this.text = text;
    }

    /// The name in model files and on the command line.
    public String text() {
        return text;
    }
}
