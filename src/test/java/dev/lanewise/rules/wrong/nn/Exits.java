// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.nn;

/// Breaks the rule that the library never exits.
final class Exits {
    static void stop() {
        System.exit(1);
    }
}
