const units: Record<string, number> = { ms: 1e-3, s: 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/**
 * The number that a cell of a table stands for, so that rows can be sorted by it: the first of `1.213 (1.194 to 1.232)`, with its
 * unit in `51 ms`, its sign in `lower by 0.12`, the difference itself in `no difference shown (−0.003, …)`. Null where it is text.
 */
export function cellValue(cell: string): number | null {
  const words =
    /^(?:[^:]+: )?(?:(lower by|higher by) |[a-z ]+\(|<)?([-+\u2212]?(?:∞|[\d,]+(?:\.\d+)?(?:e[-\u2212]?\d+)?))(?: (ms|s|[kMGT]?B)(?= |$))?/.exec(
      cell,
    );
  if (words === null) return null;
  const [, way, digits, unit] = words;
  const value = Number(digits.replaceAll(',', '').replaceAll('\u2212', '-').replace('∞', 'Infinity'));
  return Number.isNaN(value) ? null : (way === 'lower by' ? -value : value) * (unit === undefined ? 1 : units[unit]);
}
