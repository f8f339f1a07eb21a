// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.model.DurableFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
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
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Writes all of `content`.
    void write(DurableFile.Content content) throws IOException {
        try {
            // not Channels.newChannel(out): for a file that is the raw channel, which may write less than it is given
            content.writeTo(new WholeWrites(out));
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static IOException failed(IOException e) {
        return new IOException("standard output: cannot be written: " + e.getMessage(), e);
    }

    /// A channel that writes all it is given or fails.
    private record WholeWrites(OutputStream out) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            out.write(bytes);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // stdout stays open
        }
    }
}
