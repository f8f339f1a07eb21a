// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.nn;

/// Breaks the rule that the library never prints.
public final class Prints {
    static void report() {
        System.out.println("loss");
    }
}
