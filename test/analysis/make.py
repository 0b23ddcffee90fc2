"""Makes numpy.json: what NumPy says of the formulas in src/analysis, on small random matrices.

python test/analysis/make.py
"""

import json
from pathlib import Path

import numpy as np

random = np.random.default_rng(7)


def flat(x, digits=12):
    return [float(f"{v:.{digits}g}") for v in np.asarray(x, dtype=np.float64).ravel()]


inputs, outputs, rank = 7, 9, 3
w = random.normal(size=(inputs, outputs))
down = random.normal(size=(inputs, rank))
up = 0.3 * random.normal(size=(rank, outputs))
delta = down @ up
dense = 0.2 * random.normal(size=(inputs, outputs)) + 1.5 * np.outer(random.normal(size=inputs), random.normal(size=outputs))

u0, s0, v0 = np.linalg.svd(w, full_matrices=False)
u, s, v = np.linalg.svd(delta, full_matrices=False)
ud, sd, vd = np.linalg.svd(dense, full_matrices=False)
u1, s1, v1 = np.linalg.svd(w + dense, full_matrices=False)


def entropy_rank(s):
    p = s / s.sum()
    return float(np.exp(-(p[p > 0] * np.log(p[p > 0])).sum()))


def phi(a, b, i, j):
    return float(np.linalg.norm(a[:, :i].T @ b[:, :j]) ** 2 / min(i, j))


def moved(w0, w1):
    m0, m1 = np.linalg.norm(w0, axis=0), np.linalg.norm(w1, axis=0)
    cosines = (w0 * w1).sum(axis=0) / (m0 * m1)
    return [float(np.abs(m1 - m0).mean()), float((1 - cosines).mean())]


def drawn_bases(d, k, n):
    return [np.linalg.qr(random.normal(size=(d, k)))[0] for _ in range(n)]


def similarity_bounds(dimensions, i, j, draws=20000):
    means = [np.mean([phi(drawn_bases(d, i, 1)[0], drawn_bases(d, j, 1)[0], i, j) for d in dimensions]) for _ in range(draws)]
    return [float(np.mean(means)), *map(float, np.quantile(means, [0.025, 0.975]))]


def random_projection(w, r, draws=20000):
    squares = [
        np.linalg.norm(drawn_bases(w.shape[0], r, 1)[0].T @ w @ drawn_bases(w.shape[1], r, 1)[0]) ** 2 for _ in range(draws)
    ]
    return float(np.sqrt(np.mean(squares)))


p = random.normal(size=(8, 3)) / np.sqrt(8)
x, y = random.normal(size=12), random.normal(size=12)
out = {
    "shape": [inputs, outputs],
    "rank": rank,
    "kernel": flat(w),
    "down": flat(down),
    "up": flat(up),
    "dense": flat(dense),
    "spectrum": {"product": flat(s[:rank]), "dense": flat(sd)},
    "effectiveRank": {"product": entropy_rank(s[:rank]), "dense": entropy_rank(sd)},
    "stableRank": {
        "product": float(np.linalg.norm(delta, "fro") ** 2 / np.linalg.norm(delta, 2) ** 2),
        "dense": float(np.linalg.norm(dense, "fro") ** 2 / np.linalg.norm(dense, 2) ** 2),
    },
    "energyShare": {"dense": [float((sd[:k] ** 2).sum() / (sd**2).sum()) for k in (1, 2, 7)]},
    "similarity": {
        "input": {f"{i},{j}": phi(u, ud, i, j) for i, j in ((1, 1), (2, 3), (3, 2), (3, 7))},
        "output": {f"{i},{j}": phi(v.T, vd.T, i, j) for i, j in ((1, 1), (2, 3), (3, 2), (3, 7))},
    },
    "randomSimilarity": {
        "12,20;2,4": similarity_bounds([12, 20], 2, 4),
        "30,30,30;1,1": similarity_bounds([30, 30, 30], 1, 1),
    },
    "amplification": {
        "change": float(np.linalg.norm(s[:rank])),
        "projected": float(np.linalg.norm(u[:, :rank].T @ w @ v.T[:, :rank])),
        "own": float(np.linalg.norm(s0[:rank])),
        "random": random_projection(w, rank),
        "projectedOfFirstTwo": float(np.linalg.norm(u[:, :2].T @ w @ v.T[:, :2])),
    },
    "largestCosines": {
        "input": flat(np.abs(u1.T @ u0).max(axis=1)),
        "output": flat(np.abs(v1 @ v0.T).max(axis=1)),
    },
    "magnitudeAndDirection": {"dense": moved(w, w + dense), "product": moved(w, w + delta)},
    "orthogonality": {"vectors": flat(p), "shape": [8, 3], "error": float(np.linalg.norm(p.T @ p - np.eye(3)))},
    "correlation": {"x": flat(x), "y": flat(y), "r": float(np.corrcoef(x, y)[0, 1])},
    "startVariance": float((delta**2).mean()),
}
Path(__file__).with_name("numpy.json").write_text(json.dumps(out))
