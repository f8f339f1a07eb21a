// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

/// A share of rows as it was typed: messages say `0.00001`, not `1.0E-5`.
///
/// @param value above 0 and below 1
/// @param text how it was given
record Fraction(double value, String text) {
    @Override
    public String toString() {
        return Text.shown(text);
    }
}
