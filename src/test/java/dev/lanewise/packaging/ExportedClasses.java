// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.Set;

/// A program that links every public class of the exported packages and prints its name. A superclass or a signature of
/// a library that is not there ends it with a `NoClassDefFoundError`.
public final class ExportedClasses {
    private ExportedClasses() {
    }

    public static void main(String[] arguments) throws IOException {
        Module module = ModuleLayer.boot().findModule("dev.lanewise").orElseThrow();
        Set<String> exported = Set
                .copyOf(module.getDescriptor().exports().stream().map(ModuleDescriptor.Exports::source).toList());
        ResolvedModule resolved = ModuleLayer.boot().configuration().findModule("dev.lanewise").orElseThrow();
        try (ModuleReader reader = resolved.reference().open()) {
            List<String> files = reader.list().filter(file -> file.matches("dev/.*\\.class")).toList();
            for (String file : files) {
                String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
                if (exported.contains(name.substring(0, name.lastIndexOf('.'))) && isPublic(reader, file)) {
                    Class<?> type = Class.forName(module, name);
                    int members = type.getMethods().length + type.getConstructors().length + type.getFields().length;
                    System.out.println(type.getName() + " " + members);
                }
            }
        }
    }

    private static boolean isPublic(ModuleReader reader, String file) throws IOException {
        try (InputStream bytes = reader.open(file).orElseThrow()) {
            ClassModel type = ClassFile.of().parse(bytes.readAllBytes());
            return type.flags().has(AccessFlag.PUBLIC);
        }
    }
}
