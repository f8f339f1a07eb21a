# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# What ./lanewise and jmh/run share: finding a JDK and building the jar. POSIX sh; sourced with $home set to the checkout.
# shellcheck disable=SC2034,SC2154

oldest=25

fail() { # fail CODE MESSAGE
    printf 'lanewise: error: %s\n' "$2" >&2
    exit "$1"
}

# --- finding a JDK ---------------------------------------------------------------------------------------------------

# fits FOLDER [compiler]: whether a JVM that can run Lanewise (with `compiler`: also build it) is there. Reads the file
# `release` and starts nothing. Sets version (a number to compare by), or misfit (the reason).
fits() {
    version=0
    misfit='has no bin/java'
    [ -x "$1/bin/java" ] || return 1
    misfit='has no file release'
    [ -r "$1/release" ] || return 1
    given='' modules=''
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
            JAVA_VERSION=*) given=${line#*=} given=${given#\"} given=${given%\"} ;;
            MODULES=*) modules=$line ;;
        esac
    done <"$1/release"
    misfit="is Java ${given:-of no known version}"
    digits=${given%%[!0-9.]*}
    save=$IFS IFS=.
    # shellcheck disable=SC2086
    set -- "$1" "${2:-}" $digits
    IFS=$save
    [ "${3:-0}" -ge $oldest ] || return 1
    misfit='has no module jdk.incubator.vector'
    case $modules in
        '' | *jdk.incubator.vector*) ;;
        *) return 1 ;;
    esac
    misfit='has no compiler (bin/javac)'
    [ -z "$2" ] || [ -x "$1/bin/javac" ] || return 1
    version=$((${3} * 1000000 + ${4:-0} * 10000 + ${5:-0} * 100 + ${6:-0}))
}

# Sets candidate to the home of the java on the PATH.
java_on_path() {
    java=$(command -v java) || return 1
    binary=$java
    while [ -h "$binary" ]; do
        link=$(readlink "$binary")
        case $link in
            /*) binary=$link ;;
            *) binary=${binary%/*}/$link ;;
        esac
    done
    candidate=${binary%/bin/java}
    [ -r "$candidate/release" ] && return 0
    # Of macOS only a stub; of jenv, asdf and their like a wrapper that can be asked.
    [ "$java" = /usr/bin/java ] && [ -x /usr/libexec/java_home ] && return 1
    candidate=$("$java" -XshowSettings:properties -version 2>&1 </dev/null | sed -n 's/^ *java\.home = //p')
    [ -n "$candidate" ]
}

# find_java [compiler]: sets java_home to the first that fits of LANEWISE_JAVA_HOME, JAVA_HOME and the PATH, else to the
# newest in the folders where distributions, macOS, Homebrew, SDKMAN, version managers and IDEs put JDKs.
find_java() {
    if [ -n "${LANEWISE_JAVA_HOME:-}" ] && fits "$LANEWISE_JAVA_HOME" "${1:-}"; then
        java_home=$LANEWISE_JAVA_HOME
        return 0
    fi
    if [ -n "${JAVA_HOME:-}" ] && fits "$JAVA_HOME" "${1:-}"; then
        java_home=$JAVA_HOME
        return 0
    fi
    if java_on_path && fits "$candidate" "${1:-}"; then
        java_home=$candidate
        return 0
    fi
    java_home='' best=0
    user=${HOME:-/nonexistent}
    for candidate in \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/*jdk* /usr/local/java/* /opt/*jdk* /opt/java/* /opt/jvm/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "$user"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec \
        "${SDKMAN_DIR:-$user/.sdkman}"/candidates/java/* "$user"/.jdks/* "$user"/.gradle/jdks/* "$user"/.m2/jdks/* \
        "$user"/.asdf/installs/java/* "$user"/.local/share/mise/installs/java/* "$user"/.jbang/cache/jdks/*; do
        if fits "$candidate" "${1:-}" && [ "$version" -gt "$best" ]; then
            best=$version
            java_home=$candidate
        fi
    done
    [ -n "$java_home" ]
}

# Sets java_home or ends with 78. What was chosen by hand is never passed over in silence.
require_java() {
    if [ -n "${LANEWISE_JAVA_HOME:-}" ] && ! fits "$LANEWISE_JAVA_HOME"; then
        fail 78 "LANEWISE_JAVA_HOME: $LANEWISE_JAVA_HOME $misfit, expected a JDK $oldest or newer; set it to one or unset it"
    fi
    find_java ||
        fail 78 "no JDK $oldest or newer found in JAVA_HOME, on the PATH or in the usual folders; install one or set LANEWISE_JAVA_HOME to its folder"
}

# --- the jar ---------------------------------------------------------------------------------------------------------

# A build folder (Maven's own `target`, or the launcher's) is finished when both marks are those of one build, and fresh
# when nothing it was made from is newer than its first mark.
is_fresh() {
    started=$1/marks/started/mark.properties
    [ -s "$started" ] || return 1
    # without cmp, which not every container has
    [ "$(cat "$started")" = "$(cat "$1/marks/finished/mark.properties" 2>/dev/null)" ] || return 1
    [ -z "$(find "$home/pom.xml" "$home/.mvn" "$home/src/main" -newer "$started" | head -n 1)" ] || return 1
    jar=$1/$(sed -n 's/^jar=//p' "$started")
    libraries=$1/lib
    [ -f "$jar" ]
}

# Sets jar and libraries if a fresh build is there.
find_jar() {
    is_fresh "$home/target" || is_fresh "$home/target/launcher"
}

# Builds in a folder of its own, so that neither a Maven run of the user nor a program that still runs from the last jar
# is disturbed: files are replaced by renaming, which leaves the old ones to those who have them open.
build_jar() {
    case $home in
        *:*) fail 78 "$home: a class path cannot hold a folder with ':' in its name; move the checkout" ;;
    esac
    chosen=$java_home
    require_maven
    lock=$home/target/launcher.lock
    mkdir -p "$home/target" 2>/dev/null || fail 73 "cannot write to $home/target, and the jar has to be built first"
    if take_lock; then
        if ! find_jar; then
            run_maven
            publish
        fi
        release_lock
    fi
    java_home=$chosen
}

# Sets java_home to a JDK that compiles, or ends with 78.
require_maven() {
    command -v mvn >/dev/null || fail 78 "the jar has to be built first and mvn is not on the PATH; install Maven 3.8 or newer"
    without=$java_home
    find_java compiler ||
        fail 78 "the jar has to be built first and $without has no compiler (bin/javac); set LANEWISE_JAVA_HOME to a JDK $oldest or newer"
}

# maven ARGUMENT...: Maven in the checkout, on the JDK in java_home, which then also compiles; to be started with & or in
# a subshell, since it takes the place of the shell. stdout is the program's, so everything goes to stderr.
maven() {
    fits "$java_home"
    # On 25 and 26 Maven's own libraries make the JVM warn, which says nothing about this build. With a mavenrc, which may
    # choose another JVM, the warnings are better than options that it does not know.
    case $((version / 1000000))$(cat /etc/mavenrc /usr/local/etc/mavenrc "${HOME:-}/.mavenrc" 2>/dev/null) in
        25 | 26) MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" ;;
    esac
    case $java_home in /*) ;; *) java_home=$PWD/$java_home ;; esac
    export JAVA_HOME="$java_home" MAVEN_OPTS="${MAVEN_OPTS:-}"
    cd "$home" && exec mvn "$@" </dev/null >&2
}

run_maven() {
    echo 'lanewise: building the jar (first use, or the sources changed)' >&2
    work=$home/target/launcher-build
    rm -rf "$work"
    maven -q -Dquick "-Dbuild.dir=$work" package &
    builder=$!
    echo "$$ $builder" >"$lock/pid"
    wait $builder && return
    release_lock
    fail 70 "the build failed (see above); try: cd $home && mvn -Dquick package"
}

publish() {
    run=$home/target/launcher
    mkdir -p "$run/lib"
    rm -rf "$run/marks"
    for library in "$run"/lib/*; do
        [ -e "$work/lib/${library##*/}" ] || rm -f "$library"
    done
    libraries=$run/lib
    jar=$run/$(sed -n 's/^jar=//p' "$work/marks/started/mark.properties")
    if mv -f "$work"/lib/* "$run/lib/" && mv -f "$work/${jar##*/}" "$jar" && mv "$work/marks" "$run/marks"; then
        rm -rf "$work"
    else
        release_lock
        fail 74 "cannot move the built jar to $run"
    fi
}

# --- a fast start ----------------------------------------------------------------------------------------------------

# Sets class_path, and archive to a file of parsed and verified classes, or to nothing where there is none and none can
# be made. A class path, because resolving a module path looks into every jar first: that takes longer than the rest of
# the start. Whatever is wrong with an archive (another JDK, other options, a damaged file), the JVM goes on without it; what
# it has to say about that, and about an incubating module even if nothing is wrong, it would say on stdout, so the start
# turns these logs off. The program makes one when it runs for the first time after a build, at the price of a short training;
# where that fails an empty file stays behind, so that it is not tried each time.
find_archive() {
    class_path=$jar
    for library in "$libraries"/*.jar; do
        [ ! -e "$library" ] || class_path=$class_path:$library
    done
    fits "$java_home"
    built=$(sed -n '/^started=/s/[^0-9]//gp' "${jar%/*}/marks/started/mark.properties")
    archive=${jar%/*}/classes-$version-$built.jsa
    [ -e "$archive" ] || make_archive
    [ -s "$archive" ] || archive=''
}

# One at a time; whoever comes second, or cannot write here, starts without. A lock of which the owner was killed is in
# the way of nobody but the next start.
make_archive() {
    making=${jar%/*}/archive.lock
    if ! mkdir "$making" 2>/dev/null; then
        [ -z "$(find "$making" -prune -mmin +2 2>/dev/null)" ] || rm -rf "$making"
        return
    fi
    trap 'stop_making INT' INT
    trap 'stop_making TERM' TERM
    trap 'stop_making HUP' HUP
    "$java_home/bin/java" -XX:-CreateCoredumpOnCrash "-XX:ArchiveClassesAtExit=$making/new" \
        --add-modules jdk.incubator.vector -cp "$class_path" dev.lanewise.cli.Main \
        train --data digits --epochs 1 --batch-size 128 --json --out "$making/model" </dev/null >/dev/null 2>&1 &
    maker=$!
    wait $maker
    [ -s "$making/new" ] || : >"$making/new"
    rm -f "${jar%/*}/classes-$version"-*.jsa
    mv -f "$making/new" "$archive" 2>/dev/null
    rm -rf "$making"
    trap - INT TERM HUP
}

stop_making() {
    trap '' INT TERM HUP
    kill "$maker" 2>/dev/null
    wait "$maker"
    rm -rf "$making"
    trap - INT TERM HUP
    kill -s "$1" $$
}

# --- one build at a time ---------------------------------------------------------------------------------------------

# The lock is a folder with the process ids of its holder. A waiter clears it when none of them lives any more. Fails when
# another build made the jar in the meantime.
take_lock() {
    waited=0
    until mkdir "$lock" 2>/dev/null; do
        [ -d "$lock" ] || [ -w "$home/target" ] || fail 73 "cannot write to $home/target, and the jar has to be built first"
        holder=$(cat "$lock/pid" 2>/dev/null)
        if [ -n "$holder" ]; then
            is_alive "$holder" || clear_lock
        elif [ $waited -ge 10 ]; then
            clear_lock # its holder died before it could write its id
        fi
        [ $waited -ne 2 ] || echo "lanewise: waiting for another build (process ${holder% *})" >&2
        [ $waited -lt 600 ] || fail 75 "another build (process ${holder% *}) has held $lock for 10 minutes; run again, or remove that folder"
        [ -d "$lock" ] || continue
        sleep 1
        waited=$((waited + 1))
        if find_jar; then return 1; fi
    done
    trap 'interrupt INT' INT
    trap 'interrupt TERM' TERM
    trap 'interrupt HUP' HUP
    builder=''
    echo $$ >"$lock/pid"
}

is_alive() { # is_alive "PID [PID]"
    for id in $1; do
        if kill -0 "$id" 2>/dev/null || [ -d "/proc/$id" ]; then return 0; fi
    done
    return 1
}

# Of several waiters only the one that can make the folder `stale` clears the lock, and only the lock it looked at.
clear_lock() {
    mkdir "$lock/stale" 2>/dev/null || return
    if [ "$(cat "$lock/pid" 2>/dev/null)" = "$holder" ]; then
        rm -rf "$lock"
    else
        rmdir "$lock/stale"
    fi
}

release_lock() {
    rm -rf "$lock"
    trap - INT TERM HUP
}

interrupt() {
    trap '' INT TERM HUP
    if [ -n "$builder" ]; then
        kill "$builder" 2>/dev/null
        wait "$builder"
    fi
    rm -rf "$lock" "$home/target/launcher-build"
    trap - INT TERM HUP
    kill -s "$1" $$
}
