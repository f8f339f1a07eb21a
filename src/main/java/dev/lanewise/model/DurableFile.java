// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Creates or replaces a file as a whole: whatever happens, the old file or the new one is there, never a mix, and a
/// write that returned survives a loss of power.
///
/// The content goes to a new file beside the target, named by Lanewise and readable by the owner only. When its size is
/// right it gets the permissions that the umask of the process gives to new files (the owner's alone where the umask
/// cannot be read, or where the file system refuses the change), is forced to the disk and renamed over the target, and
/// the directory is forced. On any failure, and when the process is asked to end, the new file is removed.
///
/// **Throws** [OutputRefusedException] if the target is not a place for a file or may not be replaced, other
/// `IOException`s, naming the target, if the operating system fails.
public final class DurableFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int MOST_LEFTOVERS = 1000;

    private final Path file;
    private final Path target;
    private final Path directory;
    private final boolean overwrite;
    private final boolean posix;

    /// What to write.
    @FunctionalInterface
    public interface Content {
        /// Writes all bytes to `channel`, which takes every buffer whole.
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    private DurableFile(Path file, boolean overwrite) throws OutputRefusedException {
        this.file = file;
        this.target = file.toAbsolutePath();
        Path parent = target.getParent();
        if (parent == null) {
            throw new OutputRefusedException(file, "it is a directory; give the path of a file");
        }
        this.directory = parent;
        this.overwrite = overwrite;
        this.posix = target.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /// Finds out whether [#write] could create `file` now, by creating and removing another file beside it: to be asked
    /// before long work whose result is to be written there.
    public static void check(Path file, boolean overwrite) throws IOException {
        DurableFile checked = new DurableFile(file, overwrite);
        checked.refuseUnlessFree();
        Beside probe = checked.create();
        try (RemovedAtExit _ = new RemovedAtExit(probe.path)) {
            checked.fill(probe, 1, channel -> channel.write(ByteBuffer.allocate(1)));
            checked.remove(probe.path);
        }
    }

    /// Writes `content`, which must be `bytes` long, to `file`. An existing file is replaced only with `overwrite`.
    public static void write(Path file, boolean overwrite, long bytes, Content content) throws IOException {
        DurableFile written = new DurableFile(file, overwrite);
        written.refuseUnlessFree();
        Beside beside = written.create();
        try (RemovedAtExit _ = new RemovedAtExit(beside.path)) {
            written.fill(beside, bytes, content);
            written.rename(beside.path);
        }
        written.forceDirectory();
    }

    private void refuseUnlessFree() throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(target, BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            if (found.isSymbolicLink()) {
                throw refused("it is a symbolic link; give the path of the file itself");
            }
            if (found.isDirectory()) {
                throw refused("it is a directory; give the path of a file");
            }
            if (!found.isRegularFile()) {
                throw refused("it is a pipe, socket or device; give the path of a file");
            }
            if (!overwrite) {
                throw refused("the file exists; give another name, or allow replacing it (--overwrite)");
            }
        } catch (NoSuchFileException e) {
            // free, as it should be; the directory is looked at below
        } catch (FileSystemException e) {
            throw refused("cannot be created: " + reason(e));
        }
        if (!Files.exists(directory)) {
            throw refused("no such directory: " + Quoted.path(directory) + "; create it first");
        }
        if (!Files.isDirectory(directory)) {
            throw refused("not a directory: " + Quoted.path(directory) + "; give another path");
        }
        if (!Files.isWritable(directory)) {
            throw refused("the directory " + Quoted.path(directory) + " is not writable; give another path");
        }
    }

    private record Beside(Path path, FileChannel channel) {
    }

    /// A new empty file beside the target. What a process that died has left under the same name stays.
    private Beside create() throws IOException {
        FileAttribute<?>[] attributes = posix ? new FileAttribute<?>[]{OWNER_ONLY} : new FileAttribute<?>[0];
        String prefix = ".lanewise-" + ProcessHandle.current().pid() + "-";
        for (int n = 0;; n++) {
            Path path = directory.resolve(prefix + n + ".tmp");
            try {
                return new Beside(path, FileChannel.open(path, NEW, attributes));
            } catch (FileAlreadyExistsException e) {
                if (n == MOST_LEFTOVERS) {
                    throw failed("the directory is full of old " + prefix + "*.tmp files", e);
                }
            } catch (AccessDeniedException e) {
                throw refused("the directory " + Quoted.path(directory) + " is not writable; give another path");
            } catch (IOException e) {
                throw failed("cannot create a file beside it", e);
            }
        }
    }

    /// Makes it the finished file, on the disk, or removes it.
    private void fill(Beside beside, long bytes, Content content) throws IOException {
        try (FileChannel channel = beside.channel) {
            content.writeTo(new Whole(channel));
            if (channel.size() != bytes) { // a write that lied, or content of another size than announced
                throw new IOException("it has " + channel.size() + " bytes, expected " + bytes);
            }
            allowOthers(beside.path);
            channel.force(true);
        } catch (IOException e) {
            delete(beside.path, e);
            throw failed("writing failed", e);
        } catch (RuntimeException | Error e) {
            delete(beside.path, e);
            throw e;
        }
    }

    private void remove(Path probe) throws IOException {
        try {
            Files.delete(probe);
        } catch (IOException e) {
            throw failed("cannot remove a file beside it", e);
        }
    }

    /// Through the open directory, because a view of the path alone follows a link planted there, whatever it is told
    /// (seen on JDK 25).
    private void allowOthers(Path path) {
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(directory)) {
            if (opened instanceof SecureDirectoryStream<Path> secure) {
                secure.getFileAttributeView(path.getFileName(), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setPermissions(modeOfNewFiles());
            }
        } catch (IOException e) {
            // the file stays the owner's, which is no reason to lose its content
        }
    }

    private static Set<PosixFilePermission> modeOfNewFiles() throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith("Umask:")) {
                int mode = 0666 & ~Integer.parseInt(line.substring("Umask:".length()).strip(), 8);
                StringBuilder text = new StringBuilder();
                for (int bit = 8; bit >= 0; bit--) {
                    text.append((mode >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
                }
                return PosixFilePermissions.fromString(text.toString());
            }
        }
        throw new IOException(STATUS + " has no line Umask:");
    }

    private void rename(Path beside) throws IOException {
        try {
            refuseUnlessFree(); // once more, as the work may have taken hours
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (OutputRefusedException e) {
            delete(beside, e);
            throw e;
        } catch (IOException e) {
            delete(beside, e);
            throw failed("renaming failed", e);
        }
    }

    private void forceDirectory() throws IOException {
        if (posix) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException e) {
                throw new IOException(Quoted.path(file) + ": written, but it may not survive a loss of power, because "
                        + "its directory could not be forced to the disk: " + reason(e) + "; write it again", e);
            }
        }
    }

    private static void delete(Path beside, Throwable cause) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private OutputRefusedException refused(String why) {
        return new OutputRefusedException(file, why);
    }

    private IOException failed(String what, IOException e) {
        return new IOException(
                Quoted.path(file) + ": " + what + ": " + reason(e) + "; what was there before is unchanged", e);
    }

    private static String reason(IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return "the thread was interrupted";
        }
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    /// A channel that takes every buffer whole, however many calls that needs.
    private record Whole(FileChannel channel) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
