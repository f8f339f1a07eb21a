// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.parallel.WorkerTeam;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who does the work of a pass: the caller alone or a team, each with a scratch memory of its own.
final class Workers implements AutoCloseable {
    /// A thread that owns nothing.
    private static final Thread STRANGER = Thread.ofPlatform().inheritInheritableThreadLocals(false).unstarted(() -> {
    });

    /// Multiply-adds that are worth a thread: some microseconds, several times what a barrier costs.
    private static final long WORK_PER_THREAD = 200_000;

    private final String name;
    private final @Nullable WorkerTeam team;
    private Workspace[] workspaces = new Workspace[0];
    private long scratchFloats;

    Workers(String name, @Nullable WorkerTeam team) {
        this.name = name;
        this.team = team;
    }

    /// How many threads `work` multiply-adds are worth.
    static int worth(long work) {
        return Math.clamp(work / WORK_PER_THREAD, 1, WorkerTeam.MAX_THREADS);
    }

    int threads() {
        return team == null ? 1 : team.threads();
    }

    /// **Throws** `IllegalArgumentException` if there is a team that may not read all memory of `rows`: said before any
    /// worker meets it, and for small batches too, which one thread does alone.
    void requireShared(Rows rows) {
        if (team == null) {
            return;
        }
        FloatMatrix weights = rows.weights();
        if (!rows.table().segment().isAccessibleBy(STRANGER) || !rows.index().isAccessibleBy(STRANGER)
                || (weights != null && !weights.segment().isAccessibleBy(STRANGER))) {
            throw new IllegalArgumentException(name + ": the memory of " + rows + " is confined to one thread, expected"
                    + " memory for " + threads()
                    + "; allocate it of Arena.ofShared() or Arena.ofAuto(), or set threads(1)");
        }
    }

    Workspace workspace(int worker) {
        return workspaces[worker];
    }

    /// Makes sure that every worker has `floats` floats of scratch.
    void ensure(long floats) {
        if (workspaces.length > 0 && floats <= scratchFloats) {
            return;
        }
        close();
        List<Workspace> made = new ArrayList<>();
        try {
            while (made.size() < threads()) {
                made.add(new Workspace(name, floats));
            }
        } catch (RuntimeException e) {
            made.forEach(Workspace::close);
            throw e;
        }
        workspaces = made.toArray(Workspace[]::new);
        scratchFloats = floats;
    }

    /// Does all parts of `work`, in any order and at the same time if there is a team, of which `threads` are to help.
    void run(WorkerTeam.Work work, int parts, int threads) {
        if (team != null) {
            team.run(work, parts, threads);
        } else {
            runInOrder(work, parts);
        }
    }

    /// Does the parts of `work` on the caller's thread, ascending, whether there is a team or not.
    static void runInOrder(WorkerTeam.Work work, int parts) {
        for (int part = 0; part < parts; part++) {
            work.run(part, 0);
        }
    }

    long bytesOffHeap() {
        long bytes = 0;
        for (Workspace workspace : workspaces) {
            bytes += workspace.bytesOffHeap();
        }
        return bytes;
    }

    @Override
    public void close() {
        for (Workspace workspace : workspaces) {
            workspace.close();
        }
        workspaces = new Workspace[0];
    }
}
