import { describe, expect, it } from 'vitest';
import { sampler, type SamplingOptions } from '../../src/train/sampling.ts';

const logits = Float32Array.of(0, 2, 1, -1, 1.5);
const p = Array.from(logits, (logit) => Math.exp(logit) / Array.from(logits, Math.exp).reduce((a, b) => a + b, 0));

/** How often each token is drawn of many times. */
function shares(options: Partial<SamplingOptions>, count = 20_000): number[] {
  const draw = sampler({ seed: 1, ...options });
  const drawn = logits.map(() => 0);
  for (let i = 0; i < count; i++) drawn[draw(logits)]! += 1 / count;
  return [...drawn];
}

const near = (found: readonly number[], expected: readonly number[]): void =>
  found.forEach((share, i) => expect(share).toBeCloseTo(expected[i]!, 1.7));

const only = (kept: readonly number[], weights: readonly number[] = p): number[] => {
  const sum = kept.reduce((n, i) => n + weights[i]!, 0);
  return weights.map((weight, i) => (kept.includes(i) ? weight / sum : 0));
};

describe('sampling', () => {
  it('draws by the probabilities', () => near(shares({}), p));

  it('at a temperature', () => {
    const sharper = p.map((value) => value ** 2);
    near(shares({ temperature: 0.5 }), only([0, 1, 2, 3, 4], sharper));
  });

  it('of the k likeliest', () => {
    const found = shares({ topK: 2 });
    expect([found[0], found[2], found[3]]).toEqual([0, 0, 0]);
    near(found, only([1, 4]));
    expect(shares({ topK: 1 }, 100)[1]).toBeCloseTo(1);
    near(shares({ topK: 50 }), p);
  });

  it('of the fewest that make up the share, at least one', () => {
    // 0.46, 0.28, 0.17, 0.06, 0.02
    expect(p[1]! + p[4]!).toBeGreaterThan(0.7);
    near(shares({ topP: 0.7 }), only([1, 4]));
    near(shares({ topP: 0.8 }), only([1, 4, 2]));
    expect(shares({ topP: 1e-9 }, 100)[1]).toBeCloseTo(1);
  });

  it('counts the share among the k likeliest', () => {
    // of the two likeliest the first has 0.62
    expect(shares({ topK: 2, topP: 0.6 }, 100)[1]).toBeCloseTo(1);
    near(shares({ topK: 2, topP: 0.65 }), only([1, 4]));
  });

  it('draws the same with the same seed', () => {
    const tokens = (seed: number): number[] => {
      const draw = sampler({ seed });
      return Array.from({ length: 50 }, () => draw(logits));
    };
    expect(tokens(3)).toEqual(tokens(3));
    expect(tokens(3)).not.toEqual(tokens(4));
  });

  it.each([
    [{ temperature: 0 }, /temperature must be a number above 0, not 0; for the likeliest token/],
    [{ temperature: NaN }, /temperature/],
    [{ topK: 0 }, /top-k must be a whole number of at least 1, not 0/],
    [{ topK: 1.5 }, /top-k/],
    [{ topP: 0 }, /top-p must be above 0 and at most 1, not 0/],
    [{ topP: 1.1 }, /top-p/],
    [{ seed: 0.5 }, /seed/],
  ])('refuses %j', (options, message) => {
    expect(() => sampler({ seed: 0, ...options })).toThrow(message);
  });
});
