// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/// The public classes of the module that can be made.
public final class PublicClasses {
    private PublicClasses() {
    }

    /// Those below `type`, `type` among them.
    public static List<Class<?>> below(Class<?> type) throws IOException {
        List<Class<?>> found = new ArrayList<>();
        for (ClassModel parsed : MainClasses.parse()) {
            if (parsed.isModuleInfo()) {
                continue;
            }
            Class<?> c = load(BytecodeRules.name(parsed));
            if (type.isAssignableFrom(c) && Modifier.isPublic(c.getModifiers())
                    && !Modifier.isAbstract(c.getModifiers())) {
                found.add(c);
            }
        }
        return found;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicClasses.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
