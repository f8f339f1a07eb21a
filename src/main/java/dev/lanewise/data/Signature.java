// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/// What a file is by its first bytes, where a reader was given something else than it reads.
final class Signature {
    /// So many first bytes are enough.
    static final int BYTES = 16;

    /// Long enough that no header of a text file begins so.
    private static final int[][] MARKS = {{0x1F, 0x8B}, {'P', 'K', 3, 4}, {'P', 'K', 5, 6}, {0x89, 'P', 'N', 'G'},
            {0x7F, 'E', 'L', 'F'}, {0xFF, 0xD8, 0xFF}, {'G', 'I', 'F', '8', '9', 'a'}, {'%', 'P', 'D', 'F', '-'},
            {'P', 'A', 'R', '1', 0x15},
            {'B', 'Z', 'h', '9', '1', 'A', 'Y'}, {0xFD, '7', 'z', 'X', 'Z'}, {0x28, 0xB5, 0x2F, 0xFD},
            {0x89, 'H', 'D', 'F'},
            {'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't'}, {0x93, 'N', 'U', 'M', 'P', 'Y'},
            {0xD0, 0xCF, 0x11, 0xE0}};
    private static final String[] KINDS = {"gzip", "a zip archive (or a spreadsheet)", "a zip archive", "a PNG image",
            "an ELF program", "a JPEG image", "a GIF image", "a PDF document", "Parquet", "bzip2", "xz", "zstd", "HDF5",
            "an SQLite database", "a NumPy array", "an old Office document"};
    private static final String[] TEXTS = {"<!doctype", "<html", "<?xml", "{\"", "[{"};
    private static final String[] TEXT_KINDS = {"HTML", "HTML", "XML", "JSON", "JSON"};

    private Signature() {
    }

    /// The kind of file that begins with these bytes, or null if it is none of the well-known.
    static @Nullable String of(byte[] first, int count) {
        for (int i = 0; i < MARKS.length; i++) {
            if (startsWith(first, count, MARKS[i])) {
                return KINDS[i];
            }
        }
        String text = new String(first, 0, count, StandardCharsets.ISO_8859_1).stripLeading()
                .toLowerCase(Locale.ROOT);
        for (int i = 0; i < TEXTS.length; i++) {
            if (text.startsWith(TEXTS[i])) {
                return TEXT_KINDS[i];
            }
        }
        return null;
    }

    private static boolean startsWith(byte[] first, int count, int[] mark) {
        boolean equal = count >= mark.length;
        for (int i = 0; equal && i < mark.length; i++) {
            equal = (first[i] & 0xFF) == mark[i];
        }
        return equal;
    }
}
