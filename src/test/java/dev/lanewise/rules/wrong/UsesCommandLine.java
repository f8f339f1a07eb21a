// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong;

import dev.lanewise.rules.wrong.cli.UsesSimd;

/// Breaks the rule that the front door does not know the command line.
public final class UsesCommandLine {
    public final Class<?> command = UsesSimd.class;
}
