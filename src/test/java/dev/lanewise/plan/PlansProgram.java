// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.plan;

import dev.lanewise.kernel.Kernels;

/// A program of its own, started by [PlansIT] in fresh JVMs: runs all plans on a few rows and prints the kernels, then the
/// name and the hash of each plan. The argument says how often each plan is run: all its hashes must be the first one,
/// whatever the JIT has made of the code by then.
public final class PlansProgram {
    private static final int ROWS = 17;

    private PlansProgram() {
    }

    /// Prints a line for the kernels and one for each plan.
    public static void main(String[] args) {
        int times = Integer.parseInt(args[0]);
        System.out.println(Kernels.active());
        Plans.all().forEach(plan -> {
            String first = hash(plan, true);
            for (int i = 1; i < times; i++) {
                String again = hash(plan, i % 2 == 0);
                if (!again.equals(first)) {
                    throw new IllegalStateException(plan + ": run " + i + " gave other bits than the first");
                }
            }
            System.out.println(plan.name() + "|" + first);
        });
    }

    private static String hash(Plan plan, boolean fused) {
        try (PlanRun run = new PlanRun(plan, ROWS, 1)) {
            return run.hash(fused);
        }
    }
}
