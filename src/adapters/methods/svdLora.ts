import { orthogonality, type OrthogonalityForm } from '../control/orthogonality.ts';
import type { Recipe } from '../types.ts';
import { svd, type SvdOptions } from '../update/svd.ts';

export interface SvdLoraOptions extends SvdOptions {
  /** Weight γ of the orthogonality penalty, 0.1 unless given; 0 leaves the form alone. */
  readonly penaltyWeight?: number;
  readonly penalty?: OrthogonalityForm;
  readonly dropout?: number;
}

/** SVD-LoRA, arXiv:2303.10512 Table 5: AdaLoRA's form of the update and its penalty, without an allocator; every site keeps its rank. */
export const svdLora = ({ rank, alpha, sigma, penaltyWeight, penalty, dropout }: SvdLoraOptions): Recipe => ({
  update: svd({ rank, alpha, sigma }),
  ...(penaltyWeight === 0 ? {} : { control: orthogonality({ weight: penaltyWeight, form: penalty }) }),
  ...(dropout === undefined ? {} : { dropout }),
});
