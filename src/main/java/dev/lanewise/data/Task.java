// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

/// What a target is: numbers to approximate, or classes to tell apart.
public enum Task {
    /// The target is a number.
    REGRESSION,
    /// The target is one of several classes.
    CLASSIFICATION
}
