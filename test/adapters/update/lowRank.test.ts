import { beforeAll, describe, expect, test } from 'vitest';
import { bothNormal, bothNormalCompensated, zeroNormal } from '../../../src/adapters/init/arms.ts';
import { lowRank, type LowRankOptions } from '../../../src/adapters/update/lowRank.ts';
import { RequestError } from '../../../src/errors.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { expectNear } from '../../blocks/blockContract.ts';
import { numbers, oneSite } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

const zeros = (inputs: number, outputs: number): number[][] =>
  Array.from({ length: inputs }, () => Array<number>(outputs).fill(0));
const derived = (options: LowRankOptions, name = 'model.layers.1.self_attn.q_proj'): object =>
  lowRank(options).outline({ name, kind: 'linear', shape: [4, 4] }).derived;

describe('scale', () => {
  test('is α/r, α = 2r unless given; α/√r in rsLoRA', () => {
    expect(derived({ rank: 8 })).toEqual({ rank: 8, alpha: 16, scale: 2 });
    expect(derived({ rank: 64, alpha: 16 })).toEqual({ rank: 64, alpha: 16, scale: 0.25 });
    expect(derived({ rank: 64, alpha: 16, scaling: 'sqrtRank' })).toEqual({ rank: 64, alpha: 16, scale: 2 });
  });

  test('multiplies the change: y = xW + s (xA) B, ΔW = s A B, and the gradients', () => {
    const site = oneSite(
      [
        [1, 0],
        [0, 1],
      ],
      lowRank({ rank: 1, alpha: 3 }),
    );
    site.set({ down: [1, 2], up: [1, -1] });
    const { y, dx, gradients } = site.step([[1, 1]]);
    expect(y).toEqual([1 + 9, 1 - 9]); // xA = 3, s = 3
    expect(gradients).toEqual({ down: [0, 0], up: [9, 9] }); // dy Bᵀ = 0
    expect(dx).toEqual([1, 1]);
    const delta = site.update.delta(0);
    expect(numbers(delta)).toEqual([3, -3, 6, -6]);
    delta.dispose();
    site.set({ up: [2, 1] });
    expect(site.step([[1, 1]]).gradients.down).toEqual([9, 9]);
    site.dispose();
  });
});

describe('start', () => {
  test('A is Kaiming-uniform by its width (±1/√768, variance 1/(3·768)), B is zero', () => {
    const site = oneSite(zeros(768, 4), lowRank({ rank: 16 }));
    const { down, up } = site.values();
    const largest = Math.max(...down.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(0.0360844);
    expect(largest).toBeGreaterThan(0.0360844 * 0.999);
    const deviation = Math.sqrt(down.reduce((sum, a) => sum + a * a, 0) / down.length);
    expect(Math.abs(deviation / 0.0208333 - 1)).toBeLessThan(0.02);
    expect(up).toEqual(Array(64).fill(0));
    site.dispose();
  });

  test('of an embedding is the other way round: A zero, B ~ N(0, 1)', () => {
    const site = oneSite(zeros(6, 500), lowRank({ rank: 8 }), undefined, { kind: 'embedding' });
    const { down, up } = site.values();
    expect(down).toEqual(Array(48).fill(0));
    const deviation = Math.sqrt(up.reduce((sum, b) => sum + b * b, 0) / up.length);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.03);
    site.dispose();
  });

  test('of both normal has ‖ΔW₀‖ = s σ_A σ_B √(in out r): 0.869 s for 768 x 768, r = 8, σ = 0.02', () => {
    const site = oneSite(zeros(768, 768), lowRank({ rank: 8, alpha: 24, init: bothNormal({ sigma: 0.02 }) }));
    const delta = site.update.delta(0);
    const norm = Math.sqrt(numbers(delta).reduce((sum, value) => sum + value * value, 0));
    expect(Math.abs(norm / (3 * 0.869) - 1)).toBeLessThan(0.03);
    delta.dispose();
    site.dispose();
  });

  test('compensated: the change counts from A₀ B₀, which a second, frozen term takes away', () => {
    const kernel = [
      [1, 2],
      [3, 4],
    ];
    const rule = lowRank({ rank: 1, alpha: 2, init: bothNormalCompensated({ sigma: 1 }) });
    const site = oneSite(kernel, rule);
    const start = site.values();
    expect(Math.abs(start.down[0] * start.up[0])).toBeGreaterThan(1e-3);
    expectNear(site.step([[1, 1]]).y, [4, 6], 1e-6, 'y at the start');
    expectNear(site.merged(), [1, 2, 3, 4], 1e-6, 'W at the start');
    site.set({ down: [1, 0], up: [0, 5] });
    const change = (i: number, j: number): number => 2 * ([0, 5, 0, 0][2 * i + j] - start.down[i] * start.up[j]);
    expectNear(
      site.merged(),
      [0, 1, 2, 3].map((at) => at + 1 + change(at >> 1, at & 1)),
      1e-6,
      'W after a step',
    );
    const norms = site.update.columnNorms();
    const merged = site.merged();
    expectNear(
      numbers(norms),
      [0, 1].map((j) => Math.hypot(merged[j], merged[2 + j])),
      1e-5,
      '‖W + ΔW‖, which DoRA divides by',
    );
    norms.dispose();
    const place = { name: 'site', kind: 'linear', shape: [2, 2] } as const;
    expect(rule.outline(place)).toMatchObject({ frozen: { downStart: [2, 1], upStart: [1, 2] } });
    expect(lowRank({ rank: 1 }).outline(place).frozen).toEqual({});
    site.dispose();
  });
});

describe("B's own bias", () => {
  const identity = [
    [1, 0],
    [0, 1],
  ];

  test('is added to every output, scaled like the rest, and starts at zero', () => {
    const site = oneSite(identity, lowRank({ rank: 1, alpha: 3, upBias: true }));
    expect(site.values().upBias).toEqual([0, 0]);
    site.set({ down: [1, 2], up: [1, -1], upBias: [5, 7] });
    const { y, dx, gradients } = site.step([
      [1, 1],
      [0, 0],
    ]);
    expect(y).toEqual([1 + 9 + 15, 1 - 9 + 21, 15, 21]);
    expect(gradients.upBias).toEqual([6, 6]); // s, twice
    expect(dx.slice(0, 2)).toEqual([1, 1]);
    const shift = site.update.shift!(0);
    expect([shift.shape, numbers(shift)]).toEqual([[2], [15, 21]]);
    shift.dispose();
    site.dispose();
  });

  test('is not there unless asked for, nor on embeddings', () => {
    const place = { name: 'site', kind: 'linear', shape: [2, 3] } as const;
    expect(lowRank({ rank: 1 }).outline(place).trained).not.toHaveProperty('upBias');
    expect(lowRank({ rank: 1, upBias: true }).outline(place).trained).toMatchObject({ upBias: [3] });
    expect(lowRank({ rank: 1, upBias: true }).sites).toEqual(['linear', 'conv2d']);
  });
});

describe('a frozen A', () => {
  test('is a frozen tensor of the site, of which there is no gradient', () => {
    const rule = lowRank({ rank: 1, alpha: 3, freezeDown: true });
    const site = oneSite(
      [
        [1, 0],
        [0, 1],
      ],
      rule,
    );
    expect(Object.keys(site.values())).toEqual(['up']);
    const [down] = site.arena.constants;
    expect([down.site, down.role, down.shape]).toEqual(['model.layers.0.self_attn.q_proj', 'down', [2, 1]]);
    const [first, second] = site.arena.read(down, 0);
    site.set({ up: [1, 2] });
    const { y, gradients } = site.step([[1, 1]]);
    const u = 3 * (first + second);
    expectNear(y, [1 + u, 1 + 2 * u], 1e-5, 'y');
    expectNear(gradients.up, [u, u], 1e-5, 'dB');
    site.dispose();
  });

  test('that would be zero for ever is refused', () => {
    expect(() => lowRank({ rank: 1, freezeDown: true, init: zeroNormal() })).toThrow(RequestError);
    expect(() => lowRank({ rank: 1, freezeDown: true, init: zeroNormal() })).toThrow(/without any gradient/);
  });
});

describe('rank and alpha by site', () => {
  test('the first key that matches the end of the name from a dot on wins; ^ starts at the beginning', () => {
    const rankPattern = { q_proj: 2, 'layers.1.self_attn.q_proj': 3, '^model.layers.0.*': 4 };
    expect(derived({ rank: 8, rankPattern }, 'model.layers.1.self_attn.q_proj')).toMatchObject({ rank: 2 });
    expect(derived({ rank: 8, rankPattern }, 'model.layers.0.mlp.up_proj')).toMatchObject({ rank: 4 });
    expect(derived({ rank: 8, rankPattern }, 'model.layers.2.xq_proj')).toMatchObject({ rank: 8 });
    expect(derived({ rank: 8, rankPattern: { 'model.layers': 2 } })).toMatchObject({ rank: 8 });
  });

  test('α follows the rank of the site unless it has a pattern or a value of its own', () => {
    const rankPattern = { q_proj: 2 };
    expect(derived({ rank: 8, rankPattern })).toEqual({ rank: 2, alpha: 4, scale: 2 });
    expect(derived({ rank: 8, alpha: 16, rankPattern })).toEqual({ rank: 2, alpha: 16, scale: 8 });
    expect(derived({ rank: 8, rankPattern, alphaPattern: { q_proj: 10 } })).toEqual({ rank: 2, alpha: 10, scale: 5 });
  });

  test('bad ranks and patterns are refused, and it is said where', () => {
    for (const rank of [0, -1, 1.5, Number.NaN]) {
      expect(() => lowRank({ rank })).toThrow(RequestError);
      expect(() => lowRank({ rank })).toThrow(`at least 1, not ${rank}`);
    }
    expect(() => derived({ rank: 8, rankPattern: { q_proj: 0 } })).toThrow(/not 0 \(at model\.layers\.1.*q_proj\)/);
    expect(() => derived({ rank: 8, rankPattern: { '(': 2 } })).toThrow(/'\(' is not a regular expression/);
  });
});
