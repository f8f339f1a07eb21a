// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A process that replaces the file it is given by 64 KiB of the letter n, in four parts; faults are injected from
/// outside.
final class WritesOneFile {
    static final int PART = 1 << 14;
    static final int BYTES = 4 * PART;

    private WritesOneFile() {
    }

    public static void main(String[] args) {
        byte[] part = "n".repeat(PART).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try {
            DurableFile.write(Path.of(args[0]), true, BYTES, channel -> {
                for (int i = 0; i < BYTES / PART; i++) {
                    channel.write(ByteBuffer.wrap(part));
                }
            });
            System.out.println("written");
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
