// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.parallel.WorkerTeam;
import org.jspecify.annotations.Nullable;

/// Who does the work of a pass: the caller alone or a team, each with a scratch memory of its own.
final class Workers implements AutoCloseable {
    private final String name;
    private final @Nullable WorkerTeam team;
    private final Workspace[] workspaces;
    private long scratchFloats;

    Workers(String name, @Nullable WorkerTeam team) {
        this.name = name;
        this.team = team;
        this.workspaces = new Workspace[team == null ? 1 : team.threads()];
    }

    int threads() {
        return workspaces.length;
    }

    Workspace workspace(int worker) {
        return workspaces[worker];
    }

    /// Makes sure that every worker has `floats` floats of scratch.
    void ensure(long floats) {
        if (workspaces[workspaces.length - 1] != null && floats <= scratchFloats) {
            return;
        }
        close();
        for (int i = 0; i < workspaces.length; i++) {
            workspaces[i] = new Workspace(name, floats);
        }
        scratchFloats = floats;
    }

    /// Does all parts of `work`, in any order and at the same time if there is a team.
    void run(WorkerTeam.Work work, int parts) {
        if (team != null) {
            team.run(work, parts);
            return;
        }
        for (int part = 0; part < parts; part++) {
            work.run(part, 0);
        }
    }

    long bytesOffHeap() {
        long bytes = 0;
        for (Workspace workspace : workspaces) {
            bytes += workspace == null ? 0 : workspace.bytesOffHeap();
        }
        return bytes;
    }

    @Override
    public void close() {
        for (int i = 0; i < workspaces.length; i++) {
            if (workspaces[i] != null) {
                workspaces[i].close();
                workspaces[i] = null;
            }
        }
    }
}
