// SPDX-License-Identifier: Apache-2.0

/// The vector kernels, the only user of `jdk.incubator.vector`. They equal the scalar specification bit for bit.
///
/// One species is chosen once ([Lanes]). The logical block is always 16 floats: with narrower vectors a kernel makes one
/// pass per part of the block, over data that the first pass has brought into L1. Kernels with many accumulators keep their
/// loads and stores flat and leave folding to a second, small method: the compiler gives up inlining in large graphs, and
/// then every vector becomes an object.
@NullMarked
package dev.lanewise.kernel.simd;

import org.jspecify.annotations.NullMarked;
