/**
 * Angles per position of rotary positions, arXiv:2104.09864:   ωᵢ = θ^(−2i/width), i < width/2, and the ways to stretch them over
 * longer texts that Hugging Face's configs name. Where a way sharpens the attention as well, cos and sin are multiplied by `factor`.
 */
export interface Rope {
  readonly theta: number;
  /** Features of a head that turn, from the first on; the others stay. */
  readonly width: number;
  readonly pairing: Pairing;
  readonly scaling: RopeScaling;
}

/** Which features turn together: i with i + width/2, or 2i with 2i + 1. */
export type Pairing = 'half' | 'adjacent';

export type RopeScaling =
  | { readonly type: 'default' }
  /** ω/factor (kaiokendev). */
  | { readonly type: 'linear'; readonly factor: number }
  /** θ grows with texts longer than `positions`, so that the slowest angle is stretched (NTK-aware; bloc97, emozilla). */
  | { readonly type: 'dynamic'; readonly factor: number; readonly positions: number }
  /** Slow angles are divided by the factor, fast ones kept, those between blended (Llama 3.1). */
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFactor: number;
      readonly highFactor: number;
      readonly positions: number;
    }
  /** The same by a ramp over the features, arXiv:2309.00071. */
  | {
      readonly type: 'yarn';
      readonly factor: number;
      readonly fast: number;
      readonly slow: number;
      readonly positions: number;
      readonly truncate: boolean;
      readonly attentionFactor: number;
    }
  /** A divisor for each angle, one set for texts up to `positions` and one beyond, arXiv:2402.13753. */
  | {
      readonly type: 'longrope';
      readonly short: readonly number[];
      readonly long: readonly number[];
      readonly positions: number;
      readonly attentionFactor: number;
    };

export interface RotaryAngles {
  /** Radians per position of each pair. */
  readonly frequencies: readonly number[];
  /** Of cos and sin. */
  readonly factor: number;
}

/** `length`: of the text. */
export function rotaryAngles({ theta, width, scaling }: Rope, length: number): RotaryAngles {
  const plain = rotaryFrequencies(width, theta);
  switch (scaling.type) {
    case 'default':
      return { frequencies: plain, factor: 1 };
    case 'linear':
      return { frequencies: plain.map((w) => w / scaling.factor), factor: 1 };
    case 'dynamic': {
      const { factor, positions } = scaling;
      const stretch = (factor * Math.max(length, positions)) / positions - (factor - 1);
      return { frequencies: rotaryFrequencies(width, theta * stretch ** (width / (width - 2))), factor: 1 };
    }
    case 'llama3':
      return { frequencies: plain.map((w) => llama3(w, scaling)), factor: 1 };
    case 'yarn': {
      const kept = yarnKept(width, theta, scaling);
      return {
        frequencies: plain.map((w, i) => (w / scaling.factor) * (1 - kept(i)) + w * kept(i)),
        factor: scaling.attentionFactor,
      };
    }
    case 'longrope': {
      const divisors = length > scaling.positions ? scaling.long : scaling.short;
      return { frequencies: plain.map((w, i) => w / divisors[i]!), factor: scaling.attentionFactor };
    }
  }
}

/** Whether positions turn in a text of one length as they do in one of another. */
export function turnsAlike(rope: Rope, length: number, other: number): boolean {
  const { frequencies } = rotaryAngles(rope, other);
  return rotaryAngles(rope, length).frequencies.every((frequency, i) => frequency === frequencies[i]);
}

/** The features that turn together, in the order of their angles. */
export const rotaryPairs = ({ width, pairing }: Rope): (readonly [number, number])[] =>
  Array.from({ length: width / 2 }, (_, i) => (pairing === 'half' ? [i, i + width / 2] : [2 * i, 2 * i + 1]));

/** θ^(−2i/width) for i < width/2. */
export function rotaryFrequencies(width: number, theta: number): number[] {
  return Array.from({ length: width / 2 }, (_, i) => theta ** (-(2 * i) / width));
}

type Scaled<Type extends RopeScaling['type']> = Extract<RopeScaling, { readonly type: Type }>;

function llama3(w: number, { factor, lowFactor, highFactor, positions }: Scaled<'llama3'>): number {
  const turns = (positions * w) / (2 * Math.PI); // in a text of the first training
  if (turns < lowFactor) return w / factor;
  if (turns > highFactor) return w;
  const kept = (turns - lowFactor) / (highFactor - lowFactor);
  return ((1 - kept) * w) / factor + kept * w;
}

/** How much of an angle is kept: 1 for those that turn more than `fast` times in `positions`, 0 below `slow`, a ramp between. */
function yarnKept(
  width: number,
  theta: number,
  { fast, slow, positions, truncate }: Scaled<'yarn'>,
): (i: number) => number {
  const pairOf = (turns: number): number =>
    (width * Math.log(positions / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const whole = (x: number, round: (x: number) => number): number => (truncate ? round(x) : x);
  const low = Math.max(whole(pairOf(fast), Math.floor), 0);
  const high = Math.min(whole(pairOf(slow), Math.ceil), width - 1);
  const span = low === high ? 0.001 : high - low;
  return (i) => 1 - Math.min(Math.max((i - low) / span, 0), 1);
}
