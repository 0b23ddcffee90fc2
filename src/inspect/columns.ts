/** Rows of text, padded to the widest of each column; numbers of rows end their column on the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((cells) => cells[i]!.length)));
  const isNumber = widths.map((_, i) => rows.slice(1).every((cells) => /^([\d,.]|–)/.test(cells[i]!)));
  return rows.map((cells) =>
    cells
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
