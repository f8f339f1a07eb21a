// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.data;

import dev.lanewise.rules.wrong.nn.Prints;

/// Breaks the rule that readers know no modules.
final class UsesModules {
    final Class<?> module = Prints.class;
}
