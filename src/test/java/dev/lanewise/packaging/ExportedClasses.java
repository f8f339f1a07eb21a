// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.packaging;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.util.List;
import java.util.Set;

/// A program that links every class of the exported packages and prints their names. A signature with a type of a library
/// that is not there ends it with a `NoClassDefFoundError`.
public final class ExportedClasses {
    private ExportedClasses() {
    }

    public static void main(String[] arguments) throws IOException {
        Module module = ModuleLayer.boot().findModule("dev.lanewise").orElseThrow();
        Set<String> exported = Set.copyOf(
                module.getDescriptor().exports().stream().map(ModuleDescriptor.Exports::source).toList());
        ResolvedModule resolved = ModuleLayer.boot().configuration().findModule("dev.lanewise").orElseThrow();
        try (ModuleReader reader = resolved.reference().open()) {
            List<String> names = reader.list().filter(file -> file.matches("dev/.*\\.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.')).toList();
            for (String name : names) {
                if (exported.contains(name.substring(0, name.lastIndexOf('.'))) && !name.endsWith("package-info")) {
                    Class<?> type = Class.forName(module, name);
                    int members = type.getMethods().length + type.getConstructors().length + type.getFields().length;
                    System.out.println(type.getName() + " " + members);
                }
            }
        }
    }
}
