// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.util;

/// Breaks the rule that every package stands in the table.
final class Shared {
}
