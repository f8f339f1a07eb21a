// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

/// How features that are unsigned bytes in their file are kept in memory. Training gives the same bits either way.
public enum FeatureStorage {
    /// As a [dev.lanewise.memory.FloatMatrix], scaled: what a [StandardScaler] and everything else takes.
    FLOATS,
    /// As a [dev.lanewise.memory.ByteMatrix], widened and scaled where it is used: a quarter of the memory.
    BYTES
}
