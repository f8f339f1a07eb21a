// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/// Files that are taken for models by mistake, by their first bytes.
final class FileKind {
    /// Bytes that [#of] looks at, at most.
    static final int START_BYTES = 128;

    private static final String SAVE = "; convert to safetensors (Python: safetensors.torch.save_file)";

    private FileKind() {
    }

    /// What a file that begins with `start` looks like, and what to do; null if it looks like nothing known.
    static @Nullable String of(ByteBuffer start) {
        byte[] bytes = new byte[start.remaining()];
        start.get(start.position(), bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK\3\4")) {
            return zip(text);
        }
        if (text.length() > 1 && text.charAt(0) == 0x80 && text.charAt(1) >= 2 && text.charAt(1) <= 5) {
            return "it looks like a PyTorch pickle" + SAVE;
        }
        if (text.startsWith("\u0093NUMPY")) {
            return "it looks like a NumPy array (.npy)" + SAVE;
        }
        if (text.startsWith("\u0089HDF\r\n\u001a\n")) {
            return "it looks like HDF5" + SAVE;
        }
        if (text.startsWith("\u001f\u008b")) {
            return "it looks like gzip; decompress it first";
        }
        boolean printable = text.chars().allMatch(c -> (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n');
        return printable ? "it looks like text; give the model file that --out named" : null;
    }

    /// The name of the first file inside a zip archive tells PyTorch's from NumPy's.
    private static String zip(String text) {
        int length = text.length() < 30 ? 0 : text.charAt(26) + 256 * text.charAt(27);
        String first = text.substring(Math.min(30, text.length()), Math.min(30 + length, text.length()));
        if (first.endsWith(".npy")) {
            return "it looks like NumPy arrays (.npz)" + SAVE;
        }
        if (first.contains("/")) {
            return "it looks like a PyTorch pickle" + SAVE;
        }
        return "it looks like a zip archive; extract the model first";
    }
}
