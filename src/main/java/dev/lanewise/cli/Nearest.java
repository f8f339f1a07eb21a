// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.util.Locale;

/// Finds the name that a mistyped one probably meant.
///
/// picocli's own suggestions find something for everything; here a name is near if few letters are wrong, missing, too
/// many or swapped, capitals aside: up to a third of them, and at least two.
final class Nearest {
    private Nearest() {
    }

    /// ` (did you mean NAME?)`, or nothing if no name is near.
    static String meant(String typed, Iterable<String> names) {
        String best = "";
        int least = Math.max(2, typed.length() / 3) + 1;
        for (String name : names) {
            int distance = distance(typed.toLowerCase(Locale.ROOT), name);
            if (distance < least && distance < name.length() - leadingDashes(name)) {
                least = distance;
                best = name;
            }
        }
        return best.isEmpty() ? "" : " (did you mean " + best + "?)";
    }

    private static int leadingDashes(String name) {
        int dashes = 0;
        while (dashes < name.length() && name.charAt(dashes) == '-') {
            dashes++;
        }
        return dashes;
    }

    /// Edits from `a` to `b`: insert, delete or replace a character, or swap two neighbours.
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], 1 + beforeLast[j - 2]);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
