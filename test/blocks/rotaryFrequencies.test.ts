/** The ways to stretch rotary positions, against the numbers of transformers 5.23 (modeling_rope_utils) for θ 500 on 8 features. */
import { expect, test } from 'vitest';
import { type Rope, rotaryAngles, rotaryFrequencies } from '../../src/blocks/rotaryFrequencies.ts';
import { architectureOf } from '../../src/families/index.ts';
import { llamaConfig } from '../adapters/smallModel.ts';

const config = { ...llamaConfig, head_dim: 8, num_key_value_heads: 3, max_position_embeddings: 64, rope_theta: 500 };

function ropeOf(scaling: object): Rope {
  const architecture = architectureOf({ ...config, rope_scaling: scaling });
  if (architecture.type !== 'transformer' || architecture.positions.type !== 'rotary') throw new Error('no rotary');
  return architecture.positions.rope;
}

const long = { type: 'longrope', factor: 4, original_max_position_embeddings: 32 };
const factors = { short_factor: [1, 1.1, 1.2, 1.3], long_factor: [2, 3, 4, 5] };

test.each([
  [{ type: 'linear', factor: 4 }, 10, [0.25, 0.05286856, 0.01118034, 0.002364354], 1],
  [{ type: 'dynamic', factor: 2 }, 10, [1, 0.2114742, 0.04472136, 0.009457416], 1],
  [{ type: 'dynamic', factor: 2 }, 100, [1, 0.1644894, 0.02705676, 0.004450549], 1],
  [
    { type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 32 },
    10,
    [1, 0.03118546, 0.00559017, 0.001182177],
    1,
  ],
  [
    { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16 },
    10,
    [1, 0.05286856, 0.01118034, 0.002364354],
    1.138629436111989,
  ],
  [
    {
      rope_type: 'yarn',
      factor: 2,
      beta_fast: 20,
      beta_slow: 2,
      mscale: 0.7,
      mscale_all_dim: 0.4,
      original_max_position_embeddings: 32,
      truncate: false,
    },
    10,
    [1, 0.1057371, 0.02236068, 0.004728708],
    1.0202334257367,
  ],
  [{ ...long, ...factors }, 20, [1, 0.1922493, 0.0372678, 0.007274935], 1.1832159566199232],
  [{ ...long, ...factors }, 40, [0.5, 0.07049141, 0.01118034, 0.001891483], 1.1832159566199232],
])('%j at %i tokens', (scaling, length, frequencies, factor) => {
  const angles = rotaryAngles(ropeOf(scaling), length);
  expect(angles.factor).toBeCloseTo(factor, 9);
  angles.frequencies.forEach((w, i) => expect(Math.abs(w / frequencies[i]! - 1)).toBeLessThan(1e-6));
});

test('both styles of config.json say the same', () => {
  const scaling = { factor: 4, rope_type: 'linear' };
  const { rope_theta: theta, ...rest } = config;
  const newer = architectureOf({ ...rest, rope_parameters: { ...scaling, rope_theta: theta } });
  expect(newer).toMatchObject({ positions: { rope: ropeOf(scaling) } });
});

test('unstretched, they fall by powers of theta', () => {
  expect(rotaryAngles(ropeOf({ rope_type: 'default' }), 5)).toEqual({
    frequencies: rotaryFrequencies(8, 500),
    factor: 1,
  });
});
