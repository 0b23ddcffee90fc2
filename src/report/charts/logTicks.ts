/**
 * Ticks of a log scale between two positive numbers: 1, 2 and 5 of every decade, of more than three decades the powers of ten alone;
 * these too where there would be more ticks than `most`.
 */
export function logTicks(values: readonly number[], most: number = Infinity): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const decades = Math.log10(high / low);
  const multiples = decades > 3 ? [1] : [1, 2, 5];
  const every = Math.max(1, Math.ceil(decades / 8));
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(decades) + 2 }, (_, i) => first + i).filter(
    (power) => power % every === 0,
  );
  const ticks = powers.flatMap((power) => multiples.map((multiple) => Number(`${multiple}e${power}`)));
  const within = ticks.filter((tick) => tick >= 0.9 * low && tick <= 1.1 * high);
  const isPower = (tick: number): boolean => tick === Number(`1e${Math.round(Math.log10(tick))}`);
  return within.length > most && within.filter(isPower).length > 1 ? within.filter(isPower) : within;
}
