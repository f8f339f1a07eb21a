// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.io.File;

/// What `java -jar` starts, which gives a program neither its libraries nor the vector module. It needs neither, and
/// says what does.
public final class JarMain {
    private static final int CONFIGURATION = 78;

    private JarMain() {
    }

    /// Names the command that works and ends the JVM.
    public static void main(String[] args) {
        String jar = System.getProperty("java.class.path", "");
        String libraries = jar.substring(0, jar.lastIndexOf(File.separatorChar) + 1) + "lib" + File.separator + "*";
        System.err.println("lanewise: error: java -jar gives the program neither its libraries nor the vector module;"
                + " use ./lanewise of a checkout, or java --add-modules jdk.incubator.vector -cp '" + jar
                + File.pathSeparator + libraries + "' dev.lanewise.cli.Main");
        System.exit(CONFIGURATION);
    }
}
