/** A label to the upper right of a point, in pixels of a plot. */
export interface LabelPlace {
  label: string;
  x: number;
  y: number;
}

/** Where such labels stand, beside their points. */
export const labelOffset = { align: 'left', dx: 9, dy: -9 } as const;

const [characterWidth, lineHeight] = [6.8, 13];

/** Of labels beside points, those that cover none before them and end within the width; the legend names the others. */
export function freeLabels<Place extends LabelPlace>(places: readonly Place[], width: number): Place[] {
  const taken: { left: number; right: number; top: number }[] = [];
  return places.filter(({ label, x, y }) => {
    const box = { left: x + labelOffset.dx, right: x + labelOffset.dx + characterWidth * label.length, top: y };
    const isFree = taken.every(
      (other) => box.left > other.right || other.left > box.right || Math.abs(box.top - other.top) > lineHeight,
    );
    if (!isFree || box.right > width) return false;
    taken.push(box);
    return true;
  });
}
