/**
 * How far the factors of an update in the form of a singular value decomposition are from it:   ‖PᵀP − I‖_F, what AdaLoRA's penalty
 * holds down (arXiv:2303.10512 Eq. 4). For ΔW = P diag(λ) Q the importance of a triplet is that of a singular one only if it is small.
 */

/** `vectors`: [dimension, count] row-major, the vectors as columns. */
export function orthogonalityError(vectors: ArrayLike<number>, dimension: number, count: number): number {
  let sum = 0;
  for (let p = 0; p < count; p++)
    for (let q = 0; q <= p; q++) {
      let inner = 0;
      for (let d = 0; d < dimension; d++) inner += vectors[d * count + p]! * vectors[d * count + q]!;
      sum += p === q ? (inner - 1) ** 2 : 2 * inner ** 2;
    }
  return Math.sqrt(sum);
}
