/** Whom the contract is asked of: every registered method by itself, and compositions. A new entry of the registry joins by itself. */
import { compose, methodOf } from '../../src/adapters/compose.ts';
import { fasterUp } from '../../src/adapters/groups/fasterUp.ts';
import * as arms from '../../src/adapters/init/arms.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { ia3 } from '../../src/adapters/methods/ia3.ts';
import { methods } from '../../src/adapters/methods/index.ts';
import { lokr } from '../../src/adapters/methods/lokr.ts';
import { orthogonality } from '../../src/adapters/control/orthogonality.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { loraFa } from '../../src/adapters/methods/loraFa.ts';
import { qdora } from '../../src/adapters/methods/qdora.ts';
import { randomSubspace } from '../../src/adapters/methods/randomSubspace.ts';
import { inputOutputScale } from '../../src/adapters/rescale/inputOutputScale.ts';
import { magnitude } from '../../src/adapters/rescale/magnitude.ts';
import { nf4 } from '../../src/adapters/storage/nf4.ts';
import type { Targets } from '../../src/adapters/targets.ts';
import type { Method, Recipe } from '../../src/adapters/types.ts';
import { mergedLinear } from '../../src/adapters/update/mergedLinear.ts';
import type { WeightSource } from '../../src/train/base.ts';
import { tinyGpt2, tinyLlama } from '../tinyLlama.ts';

export interface Subject {
  readonly name: string;
  readonly recipe: Recipe;
  readonly method: Method;
  readonly targets: Targets;
  readonly network: Network;
}

const networks = {
  llama: () => tinyLlama(),
  tied: () => tinyLlama({ tie_word_embeddings: true }),
  gpt2: () => tinyGpt2(),
} satisfies Record<string, () => WeightSource>;

export type Network = keyof typeof networks;
export const weightsOf = (network: Network): WeightSource => networks[network]();

const rank = 4;
const throughItsNorm = { detachNorm: false };
const throughNorm = { rank, ...throughItsNorm };

function subject(
  name: string,
  recipe: Recipe,
  on?: string | string[] | Partial<Targets>,
  network: Network = 'llama',
): Subject {
  const method = methodOf(recipe);
  const usual = method.update.targets ?? ['q_proj', 'v_proj', 'down_proj'];
  const targets = typeof on === 'string' || Array.isArray(on) ? { targets: on } : { targets: usual, ...on };
  return { name, recipe, method, targets, network };
}

/** Where a method has nothing to change in a Llama. */
const networkOf: { readonly [method: string]: Network } = { bitfit: 'gpt2' };

const pruning = { rank, target: 2, every: 1, warmup: 1, tail: 2 };
const parts = ['c_attn:query', 'c_attn:value'];

export const registered: readonly Subject[] = Object.entries(methods).map(([name, make]) =>
  subject(name, make({ rank }), undefined, networkOf[name]),
);

export const compositions: readonly Subject[] = [
  subject('QDoRA with the groups of LoRA+', compose(qdora({ rank }), { groups: fasterUp() })),
  subject('AdaLoRA on NF4', compose(adalora(pruning), { storage: nf4() })),
  ...(['sensitivity', 'magnitude', 'random', 'randomOrder'] as const).map((importance) =>
    subject(`AdaLoRA by ${importance}`, adalora({ ...pruning, importance })),
  ),
  subject('AdaLoRA without its penalty', adalora({ ...pruning, penaltyWeight: 0 })),
  subject('LoRA with orthogonal factors', compose(lora({ rank }), { control: orthogonality() })),
  subject('AdaLoRA with a magnitude', compose(adalora(pruning), { rescale: magnitude() })),
  subject('DoRA on the svd update', { update: adalora(pruning).update, rescale: magnitude() }),
  subject('DoRA with the scale of rsLoRA', dora({ rank, scaling: 'sqrtRank' })),
  subject('LoRA beside the factors of IA³', compose(lora({ rank }), { rescale: inputOutputScale() })),
  subject('LoRA with ranks by site', lora({ rank, rankPattern: { q_proj: 1, '^model.layers.1.*v_proj': 6 } })),
  subject('LoRA on NF4 with plain scales', compose(lora({ rank }), { storage: nf4({ double: false, blockSize: 32 }) })),
  subject('LoRA with dropout', lora({ rank, dropout: 0.3 })),
  subject('DoRA with dropout', dora({ rank, dropout: 0.3 })),
  subject('DoRA through its norm', dora(throughNorm)),
  subject('QDoRA through its norm, with dropout', qdora({ ...throughNorm, dropout: 0.3 })),
  subject(
    'DoRA through its norm with a compensated start',
    dora({ ...throughNorm, init: arms.bothNormalCompensated({ sigma: 0.3 }) }),
  ),
  subject('DoRA through its norm on the embedding', dora(throughNorm), ['embed_tokens', 'q_proj']),
  subject('DoRA through its norm on a fused projection', dora(throughNorm), ['c_attn', 'c_fc'], 'gpt2'),
  subject('DoRA through its norm on parts of a fused projection', dora(throughNorm), parts, 'gpt2'),
  subject(
    'AdaLoRA with a magnitude, through its norm',
    compose(adalora(pruning), { rescale: magnitude(throughItsNorm) }),
  ),
  subject('LoKr with a magnitude, through its norm', compose(lokr({ rank }), { rescale: magnitude(throughItsNorm) })),
  subject(
    'LoRA-FA with a magnitude, through its norm',
    compose(loraFa({ rank }), { rescale: magnitude(throughItsNorm) }),
  ),
  subject(
    'a random subspace with magnitudes, through their norms',
    compose(randomSubspace({ dimension: 40 }), { rescale: magnitude(throughItsNorm) }),
    'all-linear',
  ),
  subject('DoRA with a compensated start', dora({ rank, init: arms.bothNormalCompensated({ sigma: 0.3 }) })),
  subject('LoRA on the embedding', lora({ rank }), ['embed_tokens', 'q_proj']),
  subject('LoRA on a tied embedding', lora({ rank }), ['embed_tokens', 'q_proj'], 'tied'),
  subject('DoRA on the embedding', dora({ rank }), ['embed_tokens', 'q_proj']),
  subject('LoRA on the head', lora({ rank }), ['lm_head', 'q_proj']),
  subject('LoRA on the top layer alone', lora({ rank }), '.*layers\\.1\\..*down_proj'),
  subject('full fine-tuning of a tied embedding', full(), 'all', 'tied'),
  subject('full fine-tuning of a GPT-2', full(), 'all', 'gpt2'),
  subject('full fine-tuning with dropout', full({ dropout: 0.3 }), 'all'),
  subject('a random subspace of linear maps', randomSubspace({ dimension: 50 }), 'all-linear'),
  subject(
    'a random subspace of a tied network, with dropout',
    randomSubspace({ dimension: 40, dropout: 0.3 }),
    'all',
    'tied',
  ),
  subject('a random subspace of a GPT-2', randomSubspace({ dimension: 40 }), 'all', 'gpt2'),
  subject(
    'a random subspace on NF4, with magnitudes',
    compose(randomSubspace({ dimension: 40 }), { storage: nf4(), rescale: magnitude() }),
    'all-linear',
  ),
  subject('LoRA on learned positions', lora({ rank }), ['wpe', 'c_attn'], 'gpt2'),
  subject('LoRA on a fused projection', lora({ rank }), ['c_attn', 'c_fc'], 'gpt2'),
  subject('QDoRA on a fused projection', qdora({ rank }), ['c_attn', 'c_fc'], 'gpt2'),
  subject('IA³ on a GPT-2', ia3(), ['c_attn', 'c_fc', 'mlp.c_proj'], 'gpt2'),
  subject('LoRA on parts of a fused projection', lora({ rank }), parts, 'gpt2'),
  subject('DoRA on parts of a fused projection', dora({ rank }), parts, 'gpt2'),
  subject('AdaLoRA on parts of a fused projection', adalora(pruning), parts, 'gpt2'),
  subject(
    'LoRA on blocks of a projection',
    { update: mergedLinear({ rank, enabled: [true, false, true] }) },
    ['c_attn'],
    'gpt2',
  ),
  subject('PiSSA on parts of a fused projection', lora({ rank, init: arms.pissa() }), parts, 'gpt2'),
  subject('PiSSA with dropout', lora({ rank, init: arms.pissa(), dropout: 0.3 })),
  subject('DoRA with the start of PiSSA, and dropout', dora({ rank, init: arms.pissa(), dropout: 0.3 })),
  subject('LoRA on the embedding with a compensated start', lora({ rank, init: arms.bothNormalCompensated() }), [
    'embed_tokens',
  ]),
  subject('LoRA with a bias for B', lora({ rank, upBias: true }), ['c_attn', 'mlp.c_proj'], 'gpt2'),
  subject('LoRA with a bias for B on parts', lora({ rank, upBias: true }), parts, 'gpt2'),
  subject('LoRA-FA with a bias for B', loraFa({ rank, upBias: true }), ['c_attn'], 'gpt2'),
  subject('LoRA with all biases', lora({ rank }), { targets: ['c_attn'], biases: 'all' }, 'gpt2'),
  subject('DoRA with the biases of adapted sites', dora({ rank }), { targets: ['c_attn'], biases: 'adapted' }, 'gpt2'),
  subject('AdaLoRA with a whole module', adalora(pruning), { whole: ['mlp.up_proj', 'norm'] }),
  subject('LoRA with a whole head and embedding', lora({ rank }), { whole: ['lm_head', 'embed_tokens'] }),
  subject('LoKr of two products', lokr({ rank: 1, decomposeFactor: 4, decomposeBoth: true })),
  subject('LoKr of two matrices', lokr({ rank: 16 })),
];

export const initializationArms: readonly Subject[] = Object.entries(arms).map(([name, arm]) =>
  subject(
    `LoRA started ${name}`,
    lora({
      rank,
      init: name.startsWith('both') && name !== 'bothZero' ? (arm as typeof arms.bothNormal)({ sigma: 0.3 }) : arm(),
    }),
  ),
);

export const subjects: readonly Subject[] = [...registered, ...compositions, ...initializationArms];

/** A subject whose parameters never move, by its own word. */
export const staysStill = ({ method }: Subject): boolean => {
  const { mayStayStill } = method.update.starts;
  return mayStayStill.includes('down') && mayStayStill.includes('up');
};
