// SPDX-License-Identifier: Apache-2.0

/// The command line: arguments, exit codes and the console around the library; [Main] starts it.
///
/// stdout carries data only (predictions, the `--json` result), stderr everything for people. Whatever fails ends in
/// one line on stderr and an [ExitCode].
@NullMarked
package dev.lanewise.cli;

import org.jspecify.annotations.NullMarked;
