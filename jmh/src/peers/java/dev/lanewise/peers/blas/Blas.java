// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/// The functions of OpenBLAS that the hand-written gradients need, on Java's arrays, row-major.
///
/// Bytedeco's library is called through foreign functions that may look at the heap, so that nothing is copied and a
/// call costs some ten nanoseconds; bytedeco's own binding would copy arrays or keep the loops away from them.
final class Blas {
    private static final int ROW_MAJOR = 101;
    private static final int PLAIN = 111;
    private static final int TRANSPOSED = 112;

    static {
        Loader.load(openblas_nolapack.class);
    }

    private static final Gemm GEMM = function(Gemm.class, "cblas_sgemm", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT);
    private static final Gemv GEMV = function(Gemv.class, "cblas_sgemv", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_FLOAT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT);
    private static final Axpy AXPY = function(Axpy.class, "cblas_saxpy", JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT,
            ADDRESS, JAVA_INT);

    private static final SetThreads SET_THREADS = function(SetThreads.class, "openblas_set_num_threads", JAVA_INT);
    private static final Core CORE = MethodHandleProxies.asInterfaceInstance(Core.class,
            Linker.nativeLinker().downcallHandle(SymbolLookup.loaderLookup().findOrThrow("openblas_get_corename"),
                    FunctionDescriptor.of(ADDRESS)));
    private static final int CORE_NAME_BYTES = 64;

    public interface SetThreads {
        void call(int threads);
    }

    public interface Core {
        MemorySegment call();
    }

    public interface Gemm {
        void call(int order, int aForm, int bForm, int m, int n, int k, float alpha, MemorySegment a, int aStride,
                MemorySegment b, int bStride, float beta, MemorySegment c, int cStride);
    }

    public interface Gemv {
        void call(int order, int form, int rows, int cols, float alpha, MemorySegment a, int aStride, MemorySegment x,
                int xStep, float beta, MemorySegment y, int yStep);
    }

    public interface Axpy {
        void call(int n, float alpha, MemorySegment x, int xStep, MemorySegment y, int yStep);
    }

    private Blas() {
    }

    private static <T> T function(Class<T> type, String name, MemoryLayout... arguments) {
        MethodHandle handle = Linker.nativeLinker().downcallHandle(SymbolLookup.loaderLookup().findOrThrow(name),
                FunctionDescriptor.ofVoid(arguments), Linker.Option.critical(true));
        return MethodHandleProxies.asInterfaceInstance(type, handle);
    }

    /// Version and kernels.
    static String configuration() throws IOException {
        return "org.bytedeco:openblas " + Loader.getVersion("org.bytedeco", "openblas") + ", "
                + CORE.call().reinterpret(CORE_NAME_BYTES).getString(0);
    }

    static void setThreads(int threads) {
        SET_THREADS.call(threads);
    }

    /// `c = alpha a b + beta c` with a (m, k), b (k, n), c (m, n); `aT` and `bT` say that a or b is stored transposed.
    static void gemm(boolean aT, boolean bT, int m, int n, int k, float alpha, MemorySegment a, int aStride,
            MemorySegment b, int bStride, float beta, MemorySegment c, int cStride) {
        GEMM.call(ROW_MAJOR, aT ? TRANSPOSED : PLAIN, bT ? TRANSPOSED : PLAIN, m, n, k, alpha, a, aStride, b, bStride,
                beta, c, cStride);
    }

    /// `y = alpha a x + beta y` with a stored as (rows, cols), transposed for the product if `aT`.
    static void gemv(boolean aT, int rows, int cols, float alpha, MemorySegment a, int aStride, MemorySegment x,
            float beta, MemorySegment y) {
        GEMV.call(ROW_MAJOR, aT ? TRANSPOSED : PLAIN, rows, cols, alpha, a, aStride, x, 1, beta, y, 1);
    }

    /// `y += alpha x`.
    static void axpy(int n, float alpha, MemorySegment x, MemorySegment y) {
        AXPY.call(n, alpha, x, 1, y, 1);
    }
}
