// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;

/// Breaks the rule that a file cannot make objects.
final class ReadsObjects {
    static Object read(InputStream file) throws IOException, ClassNotFoundException {
        try (ObjectInputStream objects = new ObjectInputStream(file)) {
            return objects.readObject();
        }
    }
}
