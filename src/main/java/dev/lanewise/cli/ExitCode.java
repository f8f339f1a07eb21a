// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

/// The exit codes, all of them; `--help` lists them.
enum ExitCode {
    FINISHED(0, "finished"), USAGE(2, "wrong usage: command, option or value"), BAD_DATA(65,
            "bad data or model file"), INPUT_MISSING(66, "input missing"), UNEXPECTED(70,
                    "unexpected failure: a fault of Lanewise"), RESOURCES(71,
                            "out of memory or of another resource of the system"), CANNOT_CREATE(73,
                                    "output cannot be created"), IO(74, "input or output failed"), RUN_AGAIN(75,
                                            "another process holds the lock: run again"), DIVERGED(76,
                                                    "training diverged"), PERMISSION(77,
                                                            "input may not be read"), CONFIGURATION(78,
                                                                    "wrong Java version, JVM option or model version");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }
}
