// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.model.DurableFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;

/// stdout: data only, UTF-8, and no failure is passed over, which `System.out` would do.
final class Output {
    private final OutputStream out;

    Output(OutputStream out) {
        this.out = out;
    }

    /// Writes all of `text`.
    void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Writes all of `bytes`.
    void write(byte[] bytes) throws IOException {
        write(channel -> channel.write(ByteBuffer.wrap(bytes)));
    }

    /// Writes all of `content`.
    void write(DurableFile.Content content) throws IOException {
        try {
            content.writeTo(Channels.newChannel(out));
            out.flush();
        } catch (IOException e) {
            throw new IOException("standard output: cannot be written: " + e.getMessage(), e);
        }
    }
}
