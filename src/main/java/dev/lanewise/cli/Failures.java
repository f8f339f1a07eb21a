// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.DivergedException;
import dev.lanewise.data.DataFormatException;
import dev.lanewise.data.NoSuchColumnException;
import dev.lanewise.memory.OffHeapMemoryException;
import dev.lanewise.model.ModelFormatException;
import dev.lanewise.model.ModelVersionException;
import dev.lanewise.model.OutputRefusedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// What an exception means to the user: its exit code and its line. The only place that knows.
final class Failures {
    private Failures() {
    }

    static ExitCode exitCode(Throwable failure) {
        return switch (failure) {
            case CommandException e -> e.exitCode();
            case NoSuchColumnException _ -> ExitCode.USAGE;
            case DataFormatException _,ModelFormatException _ -> ExitCode.BAD_DATA;
            case ModelVersionException _ -> ExitCode.CONFIGURATION;
            case OutputRefusedException _ -> ExitCode.CANNOT_CREATE;
            case NoSuchFileException _ -> ExitCode.INPUT_MISSING;
            case AccessDeniedException _ -> ExitCode.PERMISSION;
            case IOException _ -> ExitCode.IO;
            case OffHeapMemoryException _,OutOfMemoryError _ -> ExitCode.RESOURCES;
            case DivergedException _ -> ExitCode.DIVERGED;
            default -> ExitCode.UNEXPECTED;
        };
    }

    /// One line, without the program's name in front.
    static String line(Throwable failure) {
        return Text.escaped(switch (failure) {
            case CommandException e -> String.valueOf(e.getMessage());
            case NoSuchFileException e -> e.getFile() + ": " + (e.getReason() == null ? "no such file" : e.getReason());
            case AccessDeniedException e -> e.getFile() + ": may not be read; change its permissions or the user";
            case FileSystemException e -> e.getFile() + ": " + (e.getReason() == null ? "failed" : e.getReason());
            case NoSuchColumnException e -> "--label: " + e.getMessage();
            case OffHeapMemoryException e -> "out of memory: " + e.neededBytes() + " bytes of native memory needed, "
                    + e.availableBytes()
                    + " available; use fewer rows or columns, smaller layers or batches, or a machine with more memory";
            case OutOfMemoryError e -> "out of memory: " + e.getMessage() + "; give more (LANEWISE_JAVA_OPTS=-Xmx...)";
            case Exception e when exitCode(e) != ExitCode.UNEXPECTED && e.getMessage() != null -> e.getMessage();
            default -> "unexpected " + failure + "; run again with --debug and report it";
        });
    }
}
