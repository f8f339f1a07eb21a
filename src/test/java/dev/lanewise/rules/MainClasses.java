// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import dev.lanewise.memory.FloatMatrix;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// The compiled classes of the module, without those of the tests.
final class MainClasses {
    private MainClasses() {
    }

    /// The folder that the compiler wrote them to.
    static Path folder() {
        URI file = URI.create(Objects.requireNonNull(FloatMatrix.class.getResource("FloatMatrix.class")).toString());
        return Path.of(file).resolve("../../../..").normalize();
    }

    /// All of them, parsed.
    static List<ClassModel> parse() throws IOException {
        try (Stream<Path> files = Files.walk(folder())) {
            List<ClassModel> parsed = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                parsed.add(ClassFile.of().parse(file));
            }
            return parsed;
        }
    }

    /// One class, tests' classes included.
    static ClassModel parse(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        try (var bytes = Objects.requireNonNull(type.getModule().getResourceAsStream(name), name)) {
            return ClassFile.of().parse(bytes.readAllBytes());
        }
    }
}
