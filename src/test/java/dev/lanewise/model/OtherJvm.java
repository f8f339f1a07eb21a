// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import tools.jackson.core.JsonParser;

/// What it takes to run a class of the tests in a JVM of its own.
public final class OtherJvm {
    private OtherJvm() {
    }

    /// The `java` that runs this test.
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /// Where this package, its tests and the JSON library were loaded from.
    public static String classPath() {
        return Stream.of(DurableFile.class, OtherJvm.class, JsonParser.class).map(OtherJvm::place).distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// The folder or archive that holds `type`: a test class stands in another than its module.
    private static String place(Class<?> type) {
        String name = type.getName().replace('.', '/') + ".class";
        try {
            String where = type.getResource("/" + name).toURI().toString();
            String root = where.substring(0, where.length() - name.length() - 1);
            return root.startsWith("jar:")
                    ? Path.of(java.net.URI.create(root.substring(4, root.length() - 1))).toString()
                    : Path.of(java.net.URI.create(root)).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
