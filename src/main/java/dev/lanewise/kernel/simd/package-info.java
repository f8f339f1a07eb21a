// SPDX-License-Identifier: Apache-2.0

/// The vector kernels, the only user of `jdk.incubator.vector`. They equal the scalar specification bit for bit.
///
/// One species is chosen once ([Lanes]). The logical block is always 16 floats: with narrower vectors a kernel makes
/// one pass per part of the block, over data that the first pass has brought into L1.
///
/// **Shape of the code**, each rule paid for with a factor of two to twenty:
/// - Nothing but the vector API is called with vectors. A method of ours from vector to vector is compiled on its own
///   before its callers and may then be too large for them to inline: each of its vectors would be an object. So loads,
///   stores, folds and polynomials are flat.
/// - Float vectors are of one class, [Lanes#FLOATS], and so are those of every other element. The vector API's intrinsics
///   are expanded after parsing, so that a loaded vector has no class yet when its methods are inlined; C2 takes the class
///   that the profile of, say, `FloatVector.intoMemorySegment` has seen. A single kernel that stores vectors of 128 bits
///   beside those of 256 makes two classes of it for the whole JVM: every store of a loaded vector, or of a sum that comes
///   out of a loop, becomes a choice of two, and what passes through a choice is an object. The interpreter counts as
///   well: it reinterprets a vector by storing it. So [Lanes#SINGLES] are loaded and converted to doubles and nothing
///   else, doubles become floats of a whole vector of which half is stored as longs (in a method of its own, that store
///   cost gelu a third of its speed), and folds turn whole vectors instead
///   of taking quarters. A rule over the bytecode sees to it.
/// - A method has at most 1,200 bytes of bytecode; another rule sees to that. C1 gives up larger ones at 128 bits, where a
///   block has four vectors, and what C1 has not profiled never reaches C2.
/// - Accumulators are locals that begin as `zero`, `broadcast` or a load. One that begins as a constant in a field is
///   an object on every turn of the loop.
/// - Loops of tiles end with `!=` and step by more than 1. C2 does not count such a loop, so it neither unrolls it nor
///   adds loops before and after it. Unrolled, all loads of four turns go first, and at 16 registers the accumulators
///   are spilled: a third of the speed.
/// - Or they count by 1 and have a second exit, never taken ([WideTiles]): not unrolled either, and C2 takes all checks
///   of bounds out of the loop. That costs 30 to 40 ns for each call, and needs loops that turn four times or more on
///   average from the first call on.
/// - A second exit also ends a block of instructions, beyond which C2 does not move loads. Where all registers are
///   taken, one more value loaded early is a sum spilled on every turn: two exits on the same condition are one, so they
///   compare with different numbers.
/// - Large tiles cut a slice of equal length out of the memory for each row they read: all loads then have the same
///   index and the same bound, and one check serves them all. Slices vanish only while the method stands alone
///   and its loop turns at least twice: tiles that use them are larger than 325 bytes of bytecode, which C2 never
///   inlines, and small ones use plain offsets; a rule over the bytecode sees to it. A small one with slices, inlined where
///   the caller's budget was used up, made each of its vectors an object: 57 instead of 24 ns a row of 100 inputs.
/// - C2 may read the lines of a turn last to first. With vectors of 512 bits, Zen 4 takes four such lines and more for a walk
///   backwards and reads memory at a third of its speed ([SimdRoofline#xor]); loads that are part of a chain of
///   multiply-adds stay in order.
/// - A method that loads or stores begins by asking its segments whether they are native ([NativeOnly]), and all classes
///   of segments are loaded before the first kernel is compiled ([SegmentClasses]). So does one that slices them; the
///   rules over the bytecode see to it.
/// - No memory of ours has an owner: arenas are shared, automatic or global. A single access to memory of a confined arena,
///   anywhere in the JVM and before kernels are compiled, makes them two to three times as large ([SegmentClasses]).
/// - A load becomes part of a multiply-add only if the other factor is not a load as well, be it from before the loop:
///   weights that stay in registers are `fma(1, w, -0)` ([RegressionTiles#outputs7]).
/// - Sums that come out of a loop are used as `fma(1, sum, -0)`, which changes no bit: C2 knows the class of what a
///   multiply-add of a broadcast returns, but not that of such a sum, and where it has lost enough bets before, asking an
///   unknown vector anything makes it an object on every turn of that loop. The tiles of narrow layers
///   ([NarrowDotTiles], [NarrowGradientTiles] and their like) do without, because it cost a quarter of their speed.
/// - No masks of the vector API: see [Padding].
@NullMarked
package dev.lanewise.kernel.simd;

import org.jspecify.annotations.NullMarked;
