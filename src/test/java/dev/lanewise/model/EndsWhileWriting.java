// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A process that begins to write the file it is given, says so, and waits until it is ended.
final class EndsWhileWriting {
    private EndsWhileWriting() {
    }

    public static void main(String[] args) throws IOException {
        DurableFile.write(Path.of(args[0]), true, 8, channel -> {
            channel.write(ByteBuffer.allocate(4));
            System.out.println("writing");
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
