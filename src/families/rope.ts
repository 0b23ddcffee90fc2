/**
 * Rotary positions as a config.json says them: `rope_theta` and `rope_scaling` at the top, as transformers 4 writes, or all of it in
 * `rope_parameters`, as transformers 5 does.
 */
import type { Rope, RopeScaling } from '../blocks/rotaryFrequencies.ts';
import { RequestError } from '../errors.ts';
import type { ConfigReader } from './config.ts';

export interface RopeDefaults {
  /** Features of a head. */
  readonly headWidth: number;
  /** Positions that the model was made for. */
  readonly maxLength: number;
  /** Where the config has the base, and the share of a head that turns, outside of rope_parameters. */
  readonly thetaKey?: string;
  readonly share?: { readonly key: string; readonly otherwise: number };
}

export function ropeOf(
  read: ConfigReader,
  { headWidth, maxLength, thetaKey = 'rope_theta', share }: RopeDefaults,
): Rope {
  const place = read.has('rope_scaling') ? 'rope_scaling' : 'rope_parameters';
  read.object(place);
  const at = (key: string): string => `${place}.${key}`;
  const part = share ? read.number(at('partial_rotary_factor'), read.number(share.key, share.otherwise)) : 1;
  if (!share) for (const key of ['partial_rotary_factor', at('partial_rotary_factor')]) read.only(key, [1]);
  const width = Math.trunc(headWidth * part);
  if (!share) read.multiple('head_dim', width, 2, 'rotary pairs');
  else if (width < 2 || width % 2 !== 0)
    throw new RequestError(
      `config.json: ${share.key} ${part} turns ${width} of the ${headWidth} features of a head, which cannot be taken in pairs`,
    );
  return {
    theta: read.positive(at('rope_theta'), read.positive(thetaKey, 10000)),
    width,
    pairing: 'half',
    scaling: scalingOf(read, at, maxLength),
  };
}

/** transformers' names of the ways to stretch; 'type' is the older key. */
const ways = { default: 0, linear: 0, dynamic: 0, llama3: 0, yarn: 0, longrope: 0 };

function scalingOf(read: ConfigReader, at: (key: string) => string, maxLength: number): RopeScaling {
  const key = read.has(at('rope_type')) ? at('rope_type') : at('type');
  const type = read.name<RopeScaling['type']>(key, ways, 'default');
  const factor = (): number => read.positive(at('factor'));
  const positions = (): number => {
    const top = 'original_max_position_embeddings';
    return read.integer(read.has(top) ? top : at(top), maxLength);
  };
  switch (type) {
    case 'default':
      return { type };
    case 'linear':
      return { type, factor: factor() };
    case 'dynamic':
      return { type, factor: factor(), positions: maxLength };
    case 'llama3':
      return {
        type,
        factor: factor(),
        lowFactor: read.number(at('low_freq_factor')),
        highFactor: read.number(at('high_freq_factor')),
        positions: positions(),
      };
    case 'yarn': {
      const stretch = read.number(at('factor'), maxLength / positions());
      return {
        type,
        factor: stretch,
        fast: read.number(at('beta_fast'), 32) || 32,
        slow: read.number(at('beta_slow'), 1) || 1,
        positions: positions(),
        truncate: read.boolean(at('truncate'), true),
        attentionFactor: read.number(at('attention_factor'), yarnSharpness(read, at, stretch)),
      };
    }
    case 'longrope': {
      const stretch = read.number(at('factor'), maxLength / positions());
      const sharpness = stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(positions()));
      return {
        type,
        short: read.numbers(at('short_factor')) ?? [],
        long: read.numbers(at('long_factor')) ?? [],
        positions: positions(),
        attentionFactor: read.number(at('attention_factor'), sharpness),
      };
    }
  }
}

/** arXiv:2309.00071, equation 22; mscale and mscale_all_dim as DeepSeek's configs have them. */
function yarnSharpness(read: ConfigReader, at: (key: string) => string, factor: number): number {
  const of = (share: number): number => (factor <= 1 ? 1 : 0.1 * share * Math.log(factor) + 1);
  const [own, all] = ['mscale', 'mscale_all_dim'].map((key) => read.number(at(key), 0));
  return own && all ? of(own) / of(all) : of(1);
}
