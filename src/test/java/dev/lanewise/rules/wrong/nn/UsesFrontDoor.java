// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.nn;

import dev.lanewise.rules.wrong.UsesCommandLine;

/// Breaks the rule that arrows point downwards.
final class UsesFrontDoor {
    final Class<?> door = UsesCommandLine.class;
}
