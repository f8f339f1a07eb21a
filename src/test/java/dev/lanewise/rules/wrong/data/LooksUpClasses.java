// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.data;

/// Breaks the rule that nothing is looked up by name.
final class LooksUpClasses {
    static Class<?> reader(String name) throws ClassNotFoundException {
        return Class.forName(name);
    }
}
