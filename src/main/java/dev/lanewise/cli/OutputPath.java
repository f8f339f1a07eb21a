// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where a command may not write: over what it reads.
final class OutputPath {
    private OutputPath() {
    }

    /// **Throws** [CommandException] (usage) if `file` is one of `inputs`, or lies in one that is a folder.
    static void check(String option, Path file, List<Path> inputs) throws IOException {
        for (Path input : inputs) {
            if (!Files.exists(input)) {
                continue; // its reader says so
            }
            boolean same = Files.exists(file) && Files.isSameFile(file, input);
            Path parent = file.toAbsolutePath().normalize().getParent();
            if (!same && Files.isDirectory(input) && parent != null && Files.isDirectory(parent)) {
                same = parent.toRealPath().startsWith(input.toRealPath());
            }
            if (same) {
                throw CommandException.usage(option, "this is or lies in what is read", file.toString(),
                        "a path outside of " + Text.escaped(input.toString()));
            }
        }
    }
}
