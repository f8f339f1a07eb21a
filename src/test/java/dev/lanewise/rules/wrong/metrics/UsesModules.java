// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.metrics;

import dev.lanewise.rules.wrong.nn.Prints;

/// Breaks the rule that metrics know memory only.
final class UsesModules {
    final Class<?> module = Prints.class;
}
