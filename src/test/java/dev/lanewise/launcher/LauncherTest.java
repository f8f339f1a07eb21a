// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.launcher.FakeCheckout.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The launcher on machines that do not exist: which JDK it takes, when it builds, and what it says when it cannot.
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String BUILDING = "lanewise: building the jar (first use, or the sources changed)\n";
    private static final String ARCHIVE = "classes-99000100-.jsa";

    @TempDir
    Path scratch;

    private FakeCheckout checkout;

    @BeforeEach
    void checkOut() throws IOException {
        checkout = new FakeCheckout(scratch);
    }

    // --- which JDK ----------------------------------------------------------------------------------------------------

    @Test
    void theExplicitChoiceComesBeforeJavaHomeAndThatBeforeThePath() throws Exception {
        Path chosen = checkout.jdk("chosen", "25.0.3");
        Path usual = checkout.jdk("usual", "26");
        Path onPath = checkout.jdk("on path", "27");
        Files.createSymbolicLink(checkout.path.resolve("java"), onPath.resolve("bin/java"));
        checkout.with("LANEWISE_JAVA_HOME", chosen.toString()).with("JAVA_HOME", usual.toString());
        assertEquals("home=" + chosen, checkout.run().lines().getFirst());
        checkout.without("LANEWISE_JAVA_HOME");
        assertEquals("home=" + usual, checkout.run().lines().getFirst());
        checkout.without("JAVA_HOME");
        assertEquals("home=" + onPath, checkout.run().lines().getFirst());
    }

    @Test
    void anOldJavaHomeAndAnOldPathArePassedOverForTheNewestInTheFolders() throws Exception {
        checkout.without("LANEWISE_JAVA_HOME").with("JAVA_HOME", checkout.jdk("old", "17.0.15").toString());
        Files.createSymbolicLink(checkout.path.resolve("java"), checkout.jdk("older", "1.8.0_402").resolve("bin/java"));
        checkout.jdk("home/.jdks/temurin", "999.0.9");
        Path newest = checkout.jdk("home/.sdkman/candidates/java/x", "999.0.10");
        checkout.jdk("home/.gradle/jdks/y", "999");
        assertEquals("home=" + newest, checkout.run().lines().getFirst());
    }

    @Test
    void anOldExplicitChoiceIsAnError() throws Exception {
        Path old = checkout.jdk("old", "17.0.15");
        Result result = checkout.with("LANEWISE_JAVA_HOME", old.toString()).run();
        assertEquals("lanewise: error: LANEWISE_JAVA_HOME: " + old
                + " is Java 17.0.15, expected a JDK 25 or newer; set it to one or unset it\n", result.err());
        assertEquals(78, result.code());
        assertEquals("", result.out());
        assertEquals(0, checkout.builds());
    }

    @Test
    void anExplicitChoiceThatIsNoJdkIsAnError() throws Exception {
        Result result = checkout.with("LANEWISE_JAVA_HOME", "/nowhere").run();
        assertEquals("lanewise: error: LANEWISE_JAVA_HOME: /nowhere has no bin/java, expected a JDK 25 or newer;"
                + " set it to one or unset it\n", result.err());
        assertEquals(78, result.code());
    }

    @Test
    void anExplicitChoiceWithoutVectorsIsAnError() throws Exception {
        Path small = checkout.jdk("small", "25.0.3");
        Files.writeString(small.resolve("release"), "JAVA_VERSION=\"25.0.3\"\nMODULES=\"java.base java.xml\"\n");
        Result result = checkout.with("LANEWISE_JAVA_HOME", small.toString()).run();
        assertEquals("lanewise: error: LANEWISE_JAVA_HOME: " + small
                + " has no module jdk.incubator.vector, expected a JDK 25 or newer; set it to one or unset it\n",
                result.err());
        assertEquals(78, result.code());
    }

    /// No machine has a Java 9999, so the search runs to its end, whatever this one has.
    @Test
    void withoutAnyJdkOneLineSaysSo() throws Exception {
        checkout.without("LANEWISE_JAVA_HOME");
        Result result = FakeCheckout.await(checkout.start(scratch, "sh", "-c",
                "home=$1; . \"$1/src/main/launcher/functions.sh\"; oldest=9999; require_java; echo found", "sh",
                checkout.folder.toString()));
        assertEquals("lanewise: error: no JDK 9999 or newer found in JAVA_HOME, on the PATH or in the usual folders;"
                + " install one or set LANEWISE_JAVA_HOME to its folder\n", result.err());
        assertEquals(78, result.code());
        assertEquals("", result.out());
    }

    @Test
    void aWrapperOnThePathIsAskedForItsHome() throws Exception {
        Path jdk = checkout.jdk("wrapped", "25.0.3");
        Path wrapper = checkout.path.resolve("java");
        Files.writeString(wrapper,
                "#!/bin/sh\nprintf 'Property settings:\\n    java.home = %s\\n' '" + jdk + "' >&2\n");
        assertTrue(wrapper.toFile().setExecutable(true));
        assertEquals("home=" + jdk, checkout.without("LANEWISE_JAVA_HOME").run().lines().getFirst());
    }

    // --- how the JVM is started ---------------------------------------------------------------------------------------

    @Test
    void theJvmGetsTheClassPathTheUsersOptionsAndTheArgumentsAsTheyAre() throws Exception {
        Result result = checkout.with("LANEWISE_JAVA_OPTS", "-Xmx1g  -Dstar=*").with("FAKE_EXIT", "75")
                .run("train", "--data", "a b*.csv", "");
        Path run = checkout.folder.resolve("target/launcher");
        String scaling = "-XX:CompileCommand=CompileThresholdScaling,";
        assertEquals(List.of("-XX:-CreateCoredumpOnCrash", "-Dlanewise.stderr.tty=false",
                "-XX:CompileCommand=quiet", scaling + "dev.lanewise.kernel.simd.*::*,0.2",
                scaling + "jdk.incubator.vector.*::*,5.0", scaling + "jdk.internal.vm.vector.*::*,5.0",
                "-XX:SharedArchiveFile=" + run + "/" + ARCHIVE, "-Xlog:cds*=off", "-Xlog:aot*=off", "-Xmx1g",
                "-Dstar=*", "--add-modules",
                "jdk.incubator.vector", "-cp", run + "/lanewise-1.jar:" + run + "/lib/library-2.jar",
                "dev.lanewise.cli.Main", "train", "--data", "a b*.csv", ""),
                result.lines().subList(2, result.lines().size()));
        assertEquals(75, result.code());
    }

    @Test
    void theArchiveOfClassesIsMadeOnceForEachBuildAndJdk() throws Exception {
        Path run = checkout.folder.resolve("target/launcher");
        String used = "-XX:SharedArchiveFile=" + run + "/" + ARCHIVE;
        for (int i = 0; i < 3; i++) {
            Result result = checkout.run();
            assertTrue(result.lines().contains(used), result.out());
        }
        assertEquals(List.of("-XX:-CreateCoredumpOnCrash -XX:ArchiveClassesAtExit=" + run + "/archive.lock/new"
                + " --add-modules jdk.incubator.vector -cp " + run + "/lanewise-1.jar:" + run + "/lib/library-2.jar"
                + " dev.lanewise.cli.Main train --data digits --epochs 1 --batch-size 128 --json --out " + run
                + "/archive.lock/model"), checkout.archives());
        Path other = checkout.jdk("other", "99.0.2");
        assertTrue(checkout.with("LANEWISE_JAVA_HOME", other.toString()).run().out().contains("/classes-99000200-"));
        assertEquals(2, checkout.archives().size());
        Files.writeString(run.resolve("marks/started/mark.properties"),
                "jar=lanewise-1.jar\nstarted=2026-11-02T03:04Z\n");
        Files.copy(run.resolve("marks/started/mark.properties"), run.resolve("marks/finished/mark.properties"),
                StandardCopyOption.REPLACE_EXISTING);
        assertTrue(checkout.run().out().contains("/classes-99000200-202611020304.jsa"));
        assertEquals(List.of(ARCHIVE, "classes-99000200-202611020304.jsa"), namesIn("target/launcher").stream()
                .filter(name -> name.startsWith("classes") || name.startsWith("archive")).sorted().toList());
    }

    @Test
    void withoutAnArchiveItStartsAllTheSame() throws Exception {
        for (int i = 0; i < 2; i++) {
            Result result = checkout.with("FAKE_NO_ARCHIVE", "yes").run();
            assertEquals(0, result.code());
            assertFalse(result.out().contains("SharedArchive"), result.out());
        }
        assertEquals(1, checkout.archives().size(), "what fails is not tried again");
    }

    @Test
    void whileAnArchiveIsMadeOthersStartWithoutIt() throws Exception {
        checkout.run();
        Path run = checkout.folder.resolve("target/launcher");
        Files.delete(run.resolve(ARCHIVE));
        Path lock = Files.createDirectory(run.resolve("archive.lock"));
        assertFalse(checkout.run().out().contains("SharedArchive"));
        assertTrue(Files.exists(lock), "somebody is making one");
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minusSeconds(600)));
        assertFalse(checkout.run().out().contains("SharedArchive"));
        assertFalse(Files.exists(lock), "nobody is");
        assertTrue(checkout.run().out().contains("SharedArchive"));
    }

    @Test
    void hugePagesAreAddedToTheUsersOwnTunables() throws Exception {
        boolean glibc = new ProcessBuilder("getconf", "GNU_LIBC_VERSION").start().waitFor() == 0;
        assertEquals("tunables=" + (glibc ? "glibc.malloc.hugetlb=1" : ""), checkout.run().lines().get(1));
        checkout.with("GLIBC_TUNABLES", "glibc.malloc.check=1");
        assertEquals("tunables=glibc.malloc.check=1" + (glibc ? ":glibc.malloc.hugetlb=1" : ""),
                checkout.run().lines().get(1));
        checkout.with("GLIBC_TUNABLES", "glibc.malloc.hugetlb=0");
        assertEquals("tunables=glibc.malloc.hugetlb=0", checkout.run().lines().get(1));
    }

    /// What cron, systemd and containers start with: a JVM would not find a file with an umlaut in its path.
    @Test
    void pathsAreNeverTakenForAscii() throws Exception {
        checkout.with("FAKE_LOCALE", "shown");
        assertEquals("locale=C.UTF-8\n", checkout.run().out());
        assertEquals("C.UTF-8\n", Files.readString(scratch.resolve("maven.log.locale")), "the build finds its folder");
        assertEquals("locale=C.UTF-8\n", checkout.with("LC_ALL", "C").run().out());
        assertEquals("locale=C.UTF-8\n", checkout.with("LC_ALL", "POSIX").run().out());
        checkout.without("LC_ALL").with("LANG", "de_DE@euro");
        assertEquals("locale=de_DE@euro\n", checkout.run().out());
        Path locale = checkout.path.resolve("locale"); // where there is one, it knows which locales are installed
        FakeCheckout.executable(locale, "#!/bin/sh\necho ISO-8859-15\n");
        assertEquals("locale=de_DE@euro\n", checkout.run().out());
        FakeCheckout.executable(locale, "#!/bin/sh\necho ANSI_X3.4-1968\n");
        assertEquals("locale=C.UTF-8\n", checkout.run().out());
    }

    @Test
    void itRunsThroughSymlinksAndFromAnyFolder() throws Exception {
        Files.createSymbolicLink(scratch.resolve("absolute"), checkout.folder.resolve("lanewise"));
        Files.createSymbolicLink(scratch.resolve("relative"), Path.of("absolute"));
        Files.createSymbolicLink(checkout.path.resolve("lw"), Path.of("../relative"));
        List<Process> started = List.of(checkout.start(Path.of("/"), scratch.resolve("relative").toString()),
                checkout.start(scratch, "./relative"), checkout.start(scratch, "sh", "relative"),
                checkout.start(checkout.folder, "sh", "lanewise"), checkout.start(scratch, "sh", "-c", "lw"));
        for (Process process : started) {
            Result result = FakeCheckout.await(process);
            assertEquals(0, result.code(), result.err());
            assertTrue(result.out().contains(checkout.folder + "/target/launcher/lanewise-1.jar"), result.out());
        }
    }

    // --- when it builds -----------------------------------------------------------------------------------------------

    @Test
    void itBuildsOnFirstUseAndAgainOnlyWhenSourcesAreNewer() throws Exception {
        Result first = checkout.run();
        assertEquals(BUILDING + "maven says hello\n", first.err());
        assertFalse(first.out().contains("maven"), first.out());
        assertEquals("JAVA_HOME=" + scratch.resolve("jdk") + " dir=" + checkout.folder + " args=-q -Dquick -Dbuild.dir="
                + checkout.folder.resolve("target/launcher-build") + " package\n", checkout.mavenLog());
        assertEquals("", checkout.run().err());
        assertEquals(1, checkout.builds());
        checkout.change("src/main/java/A.java");
        Thread.sleep(30);
        assertEquals(BUILDING + "maven says hello\n", checkout.run().err());
        assertEquals("", checkout.run().err());
        assertEquals(2, checkout.builds());
        checkout.change("src/test/java/ATest.java");
        assertEquals("", checkout.run().err());
        assertEquals(List.of("launcher"), namesIn("target"));
    }

    @Test
    void aFinishedMavenBuildIsUsedAndAnUnfinishedOneIsNot() throws Exception {
        Path target = checkout.folder.resolve("target");
        for (String mark : List.of("started", "finished")) {
            Files.createDirectories(target.resolve("marks").resolve(mark));
            Files.writeString(target.resolve("marks").resolve(mark).resolve("mark.properties"), "jar=lanewise-7.jar\n");
        }
        Files.writeString(target.resolve("lanewise-7.jar"), "");
        assertTrue(checkout.run().lines().contains(target + "/lanewise-7.jar"));
        assertEquals(0, checkout.builds());
        Files.writeString(target.resolve("marks/started/mark.properties"), "jar=lanewise-7.jar\nstarted=later\n");
        assertEquals(BUILDING + "maven says hello\n", checkout.run().err());
    }

    @Test
    void librariesOfAnOlderBuildGo() throws Exception {
        Files.createDirectories(checkout.folder.resolve("target/launcher/lib"));
        Files.writeString(checkout.folder.resolve("target/launcher/lib/library-1.jar"), "");
        assertEquals(0, checkout.run().code());
        assertEquals(List.of("library-2.jar"), namesIn("target/launcher/lib"));
    }

    @Test
    void aRuntimeRunsWhatIsBuiltButCannotBuild() throws Exception {
        Path runtime = checkout.jdk("runtime", "25.0.3");
        Files.delete(runtime.resolve("bin/javac"));
        checkout.with("LANEWISE_JAVA_HOME", runtime.toString()).with("JAVA_HOME", scratch.resolve("jdk").toString());
        Result built = checkout.run();
        assertEquals("home=" + runtime, built.lines().getFirst());
        assertTrue(checkout.mavenLog().startsWith("JAVA_HOME=" + scratch.resolve("jdk") + " "), checkout.mavenLog());
        assertEquals("home=" + runtime, checkout.without("JAVA_HOME").run().lines().getFirst());
    }

    @Test
    void withoutMavenOneLineSaysSo() throws Exception {
        Files.delete(checkout.path.resolve("mvn"));
        Result result = checkout.run();
        assertEquals("lanewise: error: the jar has to be built first and mvn is not on the PATH;"
                + " install Maven 3.8 or newer\n", result.err());
        assertEquals(78, result.code());
    }

    @Test
    void aFailedBuildEndsWithOneLineAndLeavesTheLastJar() throws Exception {
        checkout.run();
        checkout.change("src/main/java/A.java");
        Result result = checkout.with("FAKE_FAILURE", "cannot find symbol").run();
        assertEquals(BUILDING + "maven says hello\n[ERROR] cannot find symbol\nlanewise: error: the build failed (see"
                + " above); try: cd " + checkout.folder + " && mvn -Dquick package\n", result.err());
        assertEquals(70, result.code());
        assertEquals("", result.out());
        assertTrue(Files.exists(checkout.folder.resolve("target/launcher/lanewise-1.jar")));
        assertFalse(Files.exists(checkout.folder.resolve("target/launcher.lock")));
        Thread.sleep(30);
        assertEquals(0, checkout.without("FAKE_FAILURE").run().code());
    }

    @Test
    void whereNothingCanBeWrittenOneLineSaysSo() throws Exception {
        Files.writeString(checkout.folder.resolve("target"), "a file in the way");
        Result result = checkout.run();
        assertEquals("lanewise: error: cannot write to " + checkout.folder
                + "/target, and the jar has to be built first\n", result.err());
        assertEquals(73, result.code());
    }

    // --- one build at a time ------------------------------------------------------------------------------------------

    @Test
    void startedAtOnceTheyBuildOnce() throws Exception {
        checkout.with("FAKE_SECONDS", "1");
        List<Process> started = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            started.add(checkout.start());
        }
        for (Process process : started) {
            Result result = FakeCheckout.await(process);
            assertEquals(0, result.code(), result.err());
        }
        assertEquals(1, checkout.builds());
        assertEquals(List.of("launcher"), namesIn("target"));
    }

    @Test
    void theLockOfADeadProcessIsCleared() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path lock = Files.createDirectories(checkout.folder.resolve("target/launcher.lock"));
        Files.writeString(lock.resolve("pid"), dead.pid() + " " + dead.pid() + "\n");
        assertEquals(BUILDING + "maven says hello\n", checkout.run().err());
        assertEquals(List.of("launcher"), namesIn("target"));
    }

    @Test
    void theLockOfALivingProcessIsRespected() throws Exception {
        Path lock = Files.createDirectories(checkout.folder.resolve("target/launcher.lock"));
        Files.writeString(lock.resolve("pid"), ProcessHandle.current().pid() + "\n");
        Process waiting = checkout.start();
        Thread.sleep(3500);
        assertTrue(waiting.isAlive());
        assertEquals(0, checkout.builds());
        Files.delete(lock.resolve("pid"));
        Files.delete(lock);
        Result result = FakeCheckout.await(waiting);
        assertEquals("lanewise: waiting for another build (process " + ProcessHandle.current().pid() + ")\n" + BUILDING
                + "maven says hello\n", result.err());
        assertEquals(0, result.code());
    }

    /// Ctrl-C reaches the launcher and Maven alike; here only the launcher hears it and has to pass it on.
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "HUP", "INT"})
    void aSignalDuringTheBuildLeavesNothingBehind(String signal) throws Exception {
        Process process = checkout.with("FAKE_SECONDS", "30").startHearing(signal);
        while (checkout.builds() == 0 || namesIn("target").size() < 2) {
            Thread.sleep(10);
        }
        new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid())).start().waitFor();
        Result result = FakeCheckout.await(process);
        assertTrue(result.code() > 128, "exit code " + result.code());
        assertEquals(List.of(), namesIn("target"));
        assertEquals(0, checkout.with("FAKE_SECONDS", "0").run().code());
    }

    private List<String> namesIn(String folder) throws IOException {
        try (var files = Files.list(checkout.folder.resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
