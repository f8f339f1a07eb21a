// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.Inflater;

import org.jspecify.annotations.Nullable;

/// The contents of a file, unpacked if its first bytes say that it is gzip; the name does not matter.
///
/// Exactly one gzip member is taken: the JDK's own stream reads on into a second one and ignores garbage behind it,
/// which would let one file be two different data sets to two programs.
final class UnpackedFile implements Closeable {
    private static final int BUFFER_BYTES = 1 << 17;
    /// Deflate makes at most 258 bytes of 2 bits.
    private static final long MAX_RATIO = 1032;

    private final DataFile file;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;
    private final @Nullable Inflater inflater; // null for a plain file
    private final CRC32 sum = new CRC32();
    private boolean finished;

    UnpackedFile(DataFile file) throws IOException {
        this.file = file;
        this.in = file.open();
        boolean gzip;
        try {
            fill();
            gzip = end >= 2 && buffer[0] == 0x1F && buffer[1] == (byte) 0x8B;
            if (gzip) {
                skipHeader();
            }
        } catch (IOException e) {
            in.close();
            throw e;
        }
        inflater = gzip ? new Inflater(true) : null;
    }

    boolean isGzip() {
        return inflater != null;
    }

    /// No more bytes than this can be in the file.
    long maxBytes() {
        if (!file.isRegular()) {
            return Long.MAX_VALUE;
        }
        return inflater == null ? file.size() : Math.multiplyExact(file.size(), MAX_RATIO);
    }

    /// Whether a gzip file ends in this length, as it does unless it is damaged, cut off or followed by something; true
    /// if that cannot be told.
    boolean mayHold(long length) throws IOException {
        if (!file.isRegular()) {
            return true;
        }
        byte[] tail = file.tail(4);
        long stored = 0;
        for (int i = 0; i < tail.length; i++) {
            stored |= (tail[i] & 0xFFL) << (8 * i);
        }
        return stored == (length & 0xFFFFFFFFL);
    }

    /// Reads until `to` has `length` more bytes from `offset` or the contents end, and returns how many were read.
    ///
    /// **Throws** [DataFormatException] if gzip data is damaged, cut off, or followed by anything.
    int read(byte[] to, int offset, int length) throws IOException {
        int done = 0;
        while (done < length && !finished) {
            int count = inflater == null
                    ? copy(to, offset + done, length - done)
                    : inflate(inflater, to, offset + done, length - done);
            done += count;
        }
        return done;
    }

    private int copy(byte[] to, int offset, int length) throws IOException {
        if (at == end && !fill()) {
            finished = true;
            return 0;
        }
        int count = Math.min(length, end - at);
        System.arraycopy(buffer, at, to, offset, count);
        at += count;
        return count;
    }

    private int inflate(Inflater unpacker, byte[] to, int offset, int length) throws IOException {
        try {
            int count = unpacker.inflate(to, offset, length);
            sum.update(to, offset, count);
            if (unpacker.finished()) {
                at = end - unpacker.getRemaining();
                checkTrailer(unpacker.getBytesWritten());
                finished = true;
            } else if (count == 0) {
                if (unpacker.needsDictionary()) {
                    throw damaged("a dictionary is asked for");
                }
                if (at == end && !fill()) {
                    throw cutOff();
                }
                unpacker.setInput(buffer, at, end - at);
                at = end;
            }
            return count;
        } catch (java.util.zip.DataFormatException e) {
            throw damaged(e.getMessage() == null ? "no deflate data" : e.getMessage());
        }
    }

    private void checkTrailer(long bytes) throws IOException {
        long checksum = littleEndian();
        long size = littleEndian();
        if (checksum != sum.getValue() || size != (bytes & 0xFFFFFFFFL)) {
            throw damaged("the checksum or the length does not fit");
        }
        if (at < end || fill()) {
            boolean second = end - at >= 2 && buffer[at] == 0x1F && buffer[at + 1] == (byte) 0x8B;
            throw file.place().error(second ? "a second gzip member follows the first" : "bytes follow the gzip data",
                    "one gzip member and nothing behind it");
        }
    }

    private DataFormatException damaged(String how) {
        return file.place().error("gzip data is damaged: " + how, "an intact file");
    }

    private DataFormatException cutOff() {
        return file.place().error("gzip data ends in the middle", "a complete file");
    }

    private long littleEndian() throws IOException {
        long value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    /// Skips the header of the member: fixed part, then the optional fields that its flags announce.
    private void skipHeader() throws IOException {
        at = 2;
        int method = next();
        int flags = next();
        if (method != 8 || (flags & 0xE0) != 0) {
            throw damaged("the header is not of the known kind");
        }
        skip(6);
        if ((flags & 4) != 0) {
            skip(next() | (next() << 8));
        }
        for (int name = flags & (8 | 16); name != 0; name &= name - 1) {
            while (next() != 0) { // a name or a comment, ended by a zero byte
            }
        }
        if ((flags & 2) != 0) {
            skip(2);
        }
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private int next() throws IOException {
        if (at == end && !fill()) {
            throw cutOff();
        }
        return buffer[at++] & 0xFF;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.readNBytes(buffer, 0, buffer.length));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        if (inflater != null) {
            inflater.end();
        }
        in.close();
    }
}
