// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

/// How the values of several classes become one, as in scikit-learn.
public enum Average {
    /// Counts of all classes are added up first: every row counts the same.
    MICRO,
    /// The mean over the classes: every class counts the same.
    MACRO,
    /// The mean over the classes, weighted by the rows that belong to each.
    WEIGHTED
}
