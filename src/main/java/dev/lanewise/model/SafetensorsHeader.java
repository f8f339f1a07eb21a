// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The header of a safetensors file: metadata, and where the bytes of every tensor are. All tensors are float32, but for scalars of int64.
///
/// @param metadata the texts of `__metadata__`, in the order of the file
/// @param tensors the tensors by name, in the order of the file
/// @param dataStart byte of the file where the data begins
/// @param dataBytes size of the data
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> tensors, long dataStart, long dataBytes) {
    static final String METADATA = "__metadata__";
    static final String DTYPE = "F32";
    static final String COUNTER = "I64";
    static final int LENGTH_BYTES = Long.BYTES;
    static final int MOST_HEADER_BYTES = 16 << 20;
    static final int MOST_TENSORS = 65_536;

    /// One tensor; `begin` and `end` count bytes from the start of the data.
    record Entry(String name, List<Long> shape, long begin, long end) {
        String offsets() {
            return "[" + begin + ", " + end + "]";
        }
    }

    /// Checks that the tensors, in the order of their bytes, cover the data without overlap, hole or rest.
    void checkCoverage(Path file) throws ModelFormatException {
        List<Entry> byOffset = new ArrayList<>(tensors.values());
        byOffset.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        for (Entry entry : byOffset) {
            if (entry.begin != covered) {
                String what = entry.begin < covered ? "overlap the tensor before"
                        : "leave a hole behind the tensor before";
                throw ModelFormatException.inTensor(file, entry.name, dataStart + Math.min(entry.begin, covered),
                        "data_offsets are " + entry.offsets() + " and " + what + ", expected them to begin at "
                                + covered + ModelFormatException.AGAIN);
            }
            covered = entry.end;
        }
        if (covered != dataBytes) {
            throw ModelFormatException.at(file, dataStart + covered, "the tensors take " + covered
                    + " bytes, but the file has " + dataBytes + " bytes of data" + ModelFormatException.AGAIN);
        }
    }
}
