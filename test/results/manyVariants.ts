import { type Grid, type Profile, profile } from './synthetic.ts';

/** A wide experiment: 22 variants, of several methods and of none, with eight seeds; some rates diverge, one variant at all of them. */
export function manyVariants(): Grid {
  const ranks = [1, 2, 4, 8, 16, 32, 64];
  const rules: [name: string, lossAtRank: (rank: number) => number][] = [
    ['LoRA, fixed scale', (rank) => 0.1 / rank],
    ['rsLoRA, alpha over root of rank', (rank) => 0.08 / rank - 0.02],
  ];
  const ofRanks = rules.flatMap(([name, loss]) =>
    ranks.map((rank): [string, Profile] => [
      `${name}, rank ${rank}`,
      profile({ effectNats: loss(rank), parameters: 1_024 * rank, forgetsNats: 0.05 + 0.03 * Math.log2(rank) }),
    ]),
  );
  return {
    seeds: 8,
    profiles: {
      LoRA: profile({}),
      'LoRA+': profile({ effectNats: -0.04, divergesFrom: 1e-2 }),
      DoRA: profile({ parameters: 9_600, roles: { down: 0, up: 0.041, magnitude: 0.012 } }),
      AdaLoRA: profile({ parameters: 13_000, bestRate: 1e-2, allocatesRanks: true }),
      QLoRA: profile({ effectNats: 0.05, baseBytes: 180_000 }),
      full: profile({
        effectNats: -0.12,
        forgetsNats: 0.6,
        parameters: 260_032,
        bestRate: 3e-4,
        roles: { dense: 0.9 },
      }),
      ...Object.fromEntries(ofRanks),
      'full, weight decay 0.1 and dropout 0.1': profile({ effectNats: -0.1, forgetsNats: 0.5, parameters: 260_032 }),
      'both normal': profile({ divergesFrom: 1e-9 }),
    },
  };
}
