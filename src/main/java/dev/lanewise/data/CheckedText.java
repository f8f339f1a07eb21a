// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.data.DataFormatException.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The characters of a UTF-8 text file without its byte order mark, checked on the way: what is no text, or has a line
/// too long, is an error that names the line.
///
/// What precedes a fault is handed out first, so that whoever reads meets the faults in the order of the lines.
final class CheckedText extends Reader {
    /// The longest line, without its end.
    static final int MAX_LINE_CHARS = 16 * 1024 * 1024;
    private static final int BUFFER_BYTES = 1 << 16;

    private final DataFile file;
    private final InputStream in;
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES);
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
    private boolean ended;
    private long line = 1;
    private int lineChars;
    private boolean afterReturn;
    private @Nullable DataFormatException fault;

    /// Opens the file and looks at its first bytes.
    ///
    /// **Throws** [DataFormatException] if they show that it is something else than text.
    CheckedText(DataFile file) throws IOException {
        this.file = file;
        this.in = file.open();
        try {
            bytes.limit(in.readNBytes(bytes.array(), 0, BUFFER_BYTES));
            checkStart();
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private void checkStart() throws IOException {
        String kind = Signature.of(bytes.array(), Math.min(bytes.limit(), Signature.BYTES));
        if (kind != null) {
            throw file.place().error("looks like " + kind, "CSV text in UTF-8");
        }
        if (startsWith(0xFF, 0xFE) || startsWith(0xFE, 0xFF)) {
            throw Place.of(file.name(), 1).error("looks like UTF-16", "CSV text in UTF-8");
        }
        if (startsWith(0xEF, 0xBB, 0xBF)) {
            bytes.position(3);
        }
    }

    private boolean startsWith(int... mark) {
        boolean equal = bytes.limit() >= mark.length;
        for (int i = 0; equal && i < mark.length; i++) {
            equal = (bytes.get(i) & 0xFF) == mark[i];
        }
        return equal;
    }

    /// Reads up to `length` characters, at least 2 of them asked for; -1 at the end.
    @Override
    public int read(char[] to, int offset, int length) throws IOException {
        if (fault != null) {
            throw fault;
        }
        CharBuffer chars = CharBuffer.wrap(to, offset, length);
        CoderResult result = decoder.decode(bytes, chars, ended);
        while (chars.position() == offset && result.isUnderflow() && !ended) {
            refill();
            result = decoder.decode(bytes, chars, ended);
        }
        int count = check(to, offset, chars.position() - offset);
        if (fault == null && result.isError()) {
            fault = Place.of(file.name(), line).error("not UTF-8",
                    String.format("byte 0x%02X", bytes.get(bytes.position()) & 0xFF), "CSV text in UTF-8");
        }
        if (count == 0 && fault != null) {
            throw fault;
        }
        return count == 0 ? -1 : count;
    }

    private void refill() throws IOException {
        bytes.compact();
        int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
        ended = count < 0;
        bytes.position(bytes.position() + Math.max(count, 0)).flip();
    }

    /// Counts lines, and returns how many characters precede the first fault.
    private int check(char[] text, int offset, int count) {
        int lineStart = offset - lineChars;
        for (int i = offset; i < offset + count; i++) {
            char c = text[i];
            if (c == '\n' || c == '\r') {
                line += c == '\n' && afterReturn ? 0 : 1;
                afterReturn = c == '\r';
                lineStart = i + 1;
                continue;
            }
            afterReturn = false;
            if (c == 0 || i - lineStart >= MAX_LINE_CHARS) {
                Place place = Place.of(file.name(), line);
                fault = c == 0
                        ? place.error("NUL character", "CSV text in UTF-8; is it UTF-16?")
                        : place.error("line is too long", "at most " + MAX_LINE_CHARS + " characters");
                return i - offset;
            }
        }
        lineChars = offset + count - lineStart;
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
