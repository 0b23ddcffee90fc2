/** Which of some outcomes are not beaten: the Pareto frontier of two measures. */

/** @typedef {'lower' | 'higher'} Better */

/**
 * The indices of the points that no other point dominates, from the best in x to the best in y. One dominates another where it is
 * as good in both measures and better in one; equal points do not dominate each other.
 * @param {readonly { x: number, y: number }[]} points
 * @param {{ x: Better, y: Better }} better
 * @returns {number[]}
 */
export function frontier(points, better) {
  const costs = points.map(({ x, y }) => ({
    x: better.x === 'lower' ? x : -x,
    y: better.y === 'lower' ? y : -y,
  }));
  const isDominated = costs.map((one) =>
    costs.some((other) => other.x <= one.x && other.y <= one.y && (other.x < one.x || other.y < one.y)),
  );
  return costs
    .map((_, index) => index)
    .filter((index) => !isDominated[index])
    .sort((a, b) => costs[a].x - costs[b].x || costs[a].y - costs[b].y);
}
