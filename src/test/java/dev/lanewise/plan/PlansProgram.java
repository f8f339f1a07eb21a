// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.plan;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.AllocatedBytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// A program of its own, started by [PlansIT] in fresh JVMs.
///
/// `TIMES` runs all plans on a few rows and prints the kernels, then the name and the hash of each plan. Each plan is run
/// `TIMES` times: all its hashes must be the first one, whatever the JIT has made of the code by then. `bytes SEED`
/// shuffles the plans and prints the bytes that the steps of each allocate once they are compiled.
public final class PlansProgram {
    private static final int ROWS = 17;
    private static final int STEPS = 500;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private PlansProgram() {
    }

    /// Prints a line for the kernels and one for each plan.
    public static void main(String[] args) {
        if (args[0].equals("bytes")) {
            List<Plan> plans = new ArrayList<>(Plans.all().toList());
            Collections.shuffle(plans, new Random(Long.parseLong(args[1])));
            plans.forEach(plan -> System.out.println(plan.name() + "|" + bytes(plan)));
            return;
        }
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

    /// The fewest bytes in [#STEPS] steps at once and as many written out.
    private static long bytes(Plan plan) {
        try (PlanRun run = new PlanRun(plan, ROWS, 1)) {
            long best = Long.MAX_VALUE;
            for (long start = System.nanoTime(); best > 0 && System.nanoTime() - start < PATIENCE_NANOS;) {
                long before = AllocatedBytes.now();
                for (int i = 0; i < STEPS; i++) {
                    run.step();
                    run.writtenStep();
                }
                best = Math.min(best, AllocatedBytes.now() - before);
            }
            return best;
        }
    }

    private static String hash(Plan plan, boolean fused) {
        try (PlanRun run = new PlanRun(plan, ROWS, 1)) {
            return run.hash(fused);
        }
    }
}
