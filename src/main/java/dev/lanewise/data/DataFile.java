// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.data.DataFormatException.Place;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/// A file to read, with what identified it when it was opened: data that changes while it is read is no data.
final class DataFile {
    private final Path path;
    private final String name;
    private final BasicFileAttributes attributes;

    /// Looks the file up.
    ///
    /// **Throws** `NoSuchFileException` if there is none or it is a directory, `AccessDeniedException` if it must not
    /// be looked at; both with the reason.
    DataFile(Path path) throws IOException {
        this.path = path;
        this.name = path.toString();
        this.attributes = attributes();
        if (attributes.isDirectory()) {
            throw new NoSuchFileException(Shown.escaped(name), null, "is a directory, expected a file");
        }
    }

    private BasicFileAttributes attributes() throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (AccessDeniedException e) {
            throw denied(e);
        } catch (FileSystemException e) { // also a file where a folder should be, a name too long, a loop of links
            NoSuchFileException missing = new NoSuchFileException(Shown.escaped(name), null, "no such file");
            missing.initCause(e);
            throw missing;
        }
    }

    private AccessDeniedException denied(AccessDeniedException cause) {
        AccessDeniedException denied = new AccessDeniedException(Shown.escaped(name), null, "permission denied");
        denied.initCause(cause);
        return denied;
    }

    /// The path as it was given.
    String name() {
        return name;
    }

    /// Whether it has a size and stays what it is; a pipe has and does not.
    boolean isRegular() {
        return attributes.isRegularFile();
    }

    /// Bytes when the file was looked up; meaningless unless it is regular.
    long size() {
        return attributes.size();
    }

    /// The unbuffered bytes.
    ///
    /// **Throws** `AccessDeniedException` if reading is not permitted; faults while reading name the file.
    InputStream open() throws IOException {
        try {
            return new Named(Files.newInputStream(path));
        } catch (AccessDeniedException e) {
            throw denied(e);
        }
    }

    /// The last `count` bytes of a regular file, or all if there are fewer.
    byte[] tail(int count) throws IOException {
        try (InputStream in = open()) {
            in.skipNBytes(Math.max(0, size() - count));
            return in.readNBytes(count);
        }
    }

    /// **Throws** [DataFormatException] if the file is not the one any more that was looked up.
    void requireUnchanged() throws IOException {
        if (!isRegular()) {
            return;
        }
        BasicFileAttributes now = Files.exists(path) ? attributes() : null;
        if (now == null || now.size() != attributes.size()
                || !now.lastModifiedTime().equals(attributes.lastModifiedTime())
                || !Objects.equals(now.fileKey(), attributes.fileKey())) {
            throw new DataFormatException(name, "changed while read",
                    "a file that stays as it is; read it again when it is complete");
        }
    }

    /// The place of the file as a whole.
    Place place() {
        return Place.of(name);
    }

    /// The operating system's errors do not say which file they are about.
    private final class Named extends FilterInputStream {
        Named(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            try {
                return super.read(to, offset, length);
            } catch (IOException e) {
                throw new IOException(Shown.escaped(name) + ": cannot be read: " + e.getMessage(), e);
            }
        }
    }
}
