// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.model.WeightsHash;
import java.util.List;

/// Loads the classes that every command needs late while the main thread still looks at the arguments and the data: the
/// vector kernels, the hash, the JSON writer. On one core this costs nothing, on more it shortens the start.
final class Preload {
    private Preload() {
    }

    /// Starts loading on a thread that nobody waits for.
    static void start() {
        Thread.ofPlatform().name("lanewise-preload").daemon().start(Preload::load);
    }

    private static void load() {
        try {
            LaneChoice.requested();
        } catch (IllegalArgumentException e) {
            return; // Version says so in its own time
        }
        Kernels.active();
        WeightsHash.sha256(List.of());
        new JsonResult().put("", "").put("", 0L).put("", 0.0).end();
    }
}
