// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.LaneChoice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What runs: the text of `--version`, and the check that it may.
final class Version {
    private Version() {
    }

    /// Version, JDK, operating system, kernels and cores, a line each.
    static String text() throws IOException {
        return "lanewise " + number() + "\nJDK " + System.getProperty("java.vendor.version", "")
                + " " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")\nOS "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + "\nkernels " + kernels() + "\ncores "
                + Runtime.getRuntime().availableProcessors() + "\n";
    }

    private static String number() throws IOException {
        try (InputStream resource = Version.class.getResourceAsStream("version.txt")) {
            return resource == null ? "unknown"
                    : new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private static String kernels() {
        String reason = missing();
        return reason == null ? Kernels.active() : "scalar: " + reason;
    }

    /// **Throws** [CommandException] (configuration) if only scalar kernels can run and nobody asked for them.
    static void requireKernels() {
        String reason = missing();
        if (reason != null) {
            throw new CommandException(ExitCode.CONFIGURATION, reason);
        }
    }

    private static @Nullable String missing() {
        try {
            LaneChoice.requested();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        return Kernels.scalarReason();
    }
}
