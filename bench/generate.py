#!/usr/bin/env python3
"""The seeded workload of the bench: zones that tile like statistical sectors, and points that live in towns.

  generate.py zones  --zones N --out DIR [--seed S]              zones_N.gpkg (layer "zones"), zones_N.parquet
  generate.py points --zones N --points M --out DIR [--seed S]   points_M_N.parquet, points_M_N.csv

Zones are the Voronoi cells of sites that are dense in towns and sparse in the country. Every edge that two cells
share is bent once, by displacing midpoints, and used by both: neighbors have the same vertices to the bit, as in a
file drawn by a statistics office. About 170 vertices a zone; coordinates in EPSG:31370, on a grid of 1 mm.
Points follow the same towns, with 12 % spread evenly; coordinates on a grid of 1 cm.
"""
import argparse
import os

import numpy as np

COUNTRY = np.array([[22_000.0, 21_000.0], [295_000.0, 244_000.0]])
TOWN = np.array([[144_000.0, 161_000.0], [159_000.0, 178_000.0]])
VERTICES_PER_ZONE = 170.0
ROWS_PER_GROUP = 250_000


class Geography:
    """Where people live: towns of Zipf sizes in a window."""

    def __init__(self, zones, seed):
        self.window = TOWN if zones <= 1_000 else COUNTRY
        rng = np.random.default_rng([seed, zones])
        count = 12 if zones <= 1_000 else 600
        low, high = self.window
        self.centers = rng.uniform(low, high, (8 * count, 2))
        self.centers = self.centers[self.inside(self.centers)][:count]
        assert len(self.centers) == count
        size = np.arange(1, count + 1) ** -0.85
        self.share = size / size.sum()
        self.radius = (high[0] - low[0]) * (0.002 + 0.012 * size**0.35)

    def draw(self, rng, count, rural, spread=1.0):
        """Places: a share `rural` evenly, the others around a town, at a heavy-tailed distance."""
        low, high = self.window
        town = rng.choice(len(self.share), size=count, p=self.share)
        distance = spread * self.radius[town] * rng.standard_exponential(count)
        angle = rng.uniform(0.0, 2.0 * np.pi, count)
        places = self.centers[town] + np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])
        anywhere = (rng.random(count) < rural) | np.any((places <= low) | (places >= high), axis=1)
        places[anywhere] = rng.uniform(low, high, (int(anywhere.sum()), 2))
        return places

    def inside(self, places):
        """Whether a place lies in the country: a wobbly oval in the window."""
        low, high = self.window
        u = (places - (low + high) / 2.0) / (high - low)
        angle = np.arctan2(u[:, 1], u[:, 0])
        return np.hypot(u[:, 0], u[:, 1]) < 0.46 + 0.03 * np.sin(3 * angle + 1) + 0.015 * np.sin(7 * angle)


def voronoi(sites, window):
    """The Voronoi diagram of the sites in a box: mirror images of the sites close every cell."""
    from scipy.spatial import Voronoi

    low, high = window
    images = [sites]
    for axis in (0, 1):
        for wall in (low[axis], high[axis]):
            image = sites.copy()
            image[:, axis] = 2.0 * wall - image[:, axis]
            images.append(image)
    return Voronoi(np.vstack(images))


def bent(start, end, room, levels, rng):
    """Lines from start to end, bent by midpoint displacement; `room` bounds how far they may leave the straight line."""
    lines = np.stack([start, end], axis=1)
    for _ in range(levels):
        step = np.diff(lines, axis=1)
        across = np.stack([-step[..., 1], step[..., 0]], axis=-1)
        shift = rng.uniform(-0.22, 0.22, step.shape[:2]) * room[:, None]
        middle = lines[:, :-1] + step / 2.0 + across * shift[..., None]
        woven = np.empty((len(lines), lines.shape[1] + middle.shape[1], 2))
        woven[:, 0::2], woven[:, 1::2] = lines, middle
        lines = woven
    return lines


def on_grid(line, cells_per_meter):
    return np.round(line * cells_per_meter) / cells_per_meter


def make_zones(count, seed):
    import shapely

    land = Geography(count, seed)
    rng = np.random.default_rng([seed, count, 1])
    sites = land.draw(rng, 2 * count, 0.45, 1.6)
    spare = max(count // 100, 40)  # some sites leave the country while the cells grow even
    within = np.flatnonzero(land.inside(sites))[: count + spare]
    sites = sites[: within[-1] + 1]
    low, high = land.window
    for _ in range(3):  # cells grow even: each site moves to the mean of its corners
        diagram = voronoi(sites, land.window)
        for i in range(len(sites)):
            sites[i] = diagram.vertices[diagram.regions[diagram.point_region[i]]].mean(axis=0)
        sites = np.clip(sites, low + 1.0, high - 1.0)
    chosen = np.flatnonzero(land.inside(sites))[:count]
    assert len(chosen) == count, "too few sites in the country"
    diagram = voronoi(sites, land.window)
    corners, points = diagram.vertices, diagram.points
    is_chosen = np.zeros(len(points), bool)
    is_chosen[chosen] = True

    ends = np.sort(np.array(diagram.ridge_vertices), axis=1)
    of = diagram.ridge_points
    used = is_chosen[of].any(axis=1)
    ends, of = ends[used], of[used]
    start, end = corners[ends[:, 0]], corners[ends[:, 1]]
    length = np.hypot(*(end - start).T)
    gap = np.hypot(*(points[of[:, 0]] - points[of[:, 1]]).T)
    levels = np.log2(VERTICES_PER_ZONE / 5.6) + 0.5 * np.log2(np.maximum(length, 1e-6) / length.mean())
    levels = np.clip(np.round(levels), 1, 7).astype(int)
    room = np.minimum(1.0, 0.8 * gap / np.maximum(length, 1e-9))
    levels[length < 0.5], room[length < 0.5] = 1, 0.0
    lines = [None] * len(ends)
    for level in range(1, 8):
        at = np.flatnonzero(levels == level)
        for i, line in zip(at, bent(start[at], end[at], room[at], level, rng)):
            lines[i] = on_grid(line, 1000.0)
    edge = {(int(a), int(b)): i for i, (a, b) in enumerate(ends)}
    cells = [diagram.regions[diagram.point_region[i]] for i in chosen]
    sides = [[(edge[min(a, b), max(a, b)], a < b) for a, b in zip(cell, cell[1:] + cell[:1])] for cell in cells]

    def shape(cell):
        ring = np.vstack([(lines[i] if forward else lines[i][::-1])[:-1] for i, forward in cell])
        ring = ring[np.any(ring != np.roll(ring, 1, axis=0), axis=1)]
        return shapely.Polygon(np.vstack([ring, ring[:1]]))

    shapes = np.array([shape(cell) for cell in sides], dtype=object)
    for attempt in range(8):  # a line that crosses another is pulled straight, for both its neighbors
        bad = set(np.flatnonzero(~shapely.is_valid(shapes)))
        tree = shapely.STRtree(shapes)
        left, right = tree.query(shapes, predicate="overlaps")
        bad |= set(left)
        if not bad:
            break
        pulled = {i for b in bad for i, _ in sides[b]}
        keep = 0.5 if attempt < 4 else 0.0
        for i in pulled:
            t = np.linspace(0.0, 1.0, len(lines[i]))[:, None]
            straight = start[i] * (1.0 - t) + end[i] * t
            lines[i] = on_grid(straight + (lines[i] - straight) * keep, 1000.0)
        for k, cell in enumerate(sides):
            if any(i in pulled for i, _ in cell):
                shapes[k] = shape(cell)
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes), "the zones do not tile"
    return shapes


def write_zones(count, out, seed):
    import geopandas
    import shapely

    shapes = make_zones(count, seed)
    codes = [f"S{i:06d}" for i in range(len(shapes))]
    frame = geopandas.GeoDataFrame({"code": codes}, geometry=list(shapes), crs="EPSG:31370")
    frame.to_parquet(f"{out}/zones_{count}.parquet")
    path = f"{out}/zones_{count}.gpkg"
    if os.path.exists(path):
        os.remove(path)
    frame.to_file(path, layer="zones", driver="GPKG", engine="pyogrio")
    vertices = shapely.get_num_coordinates(shapes)
    print(f"{count} zones, {vertices.sum()} vertices, {vertices.mean():.0f} a zone")


def write_points(count, zones, out, seed):
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    land = Geography(zones, seed)
    rng = np.random.default_rng([seed, zones, count, 2])
    tenure = np.array(["tenant", "owner", "social", "other"])
    parquet = csv = None
    for start in range(0, count, 1_000_000):
        size = min(1_000_000, count - start)
        places = on_grid(land.draw(rng, size, 0.12), 100.0)
        table = pa.table({
            "x": places[:, 0],
            "y": places[:, 1],
            "income": rng.lognormal(10.0, 0.5, size).round(2),
            "age": rng.integers(0, 100, size).astype(np.int32),
            "household": rng.integers(1, 7, size).astype(np.int32),
            "tenure": pa.array(tenure[rng.integers(0, len(tenure), size)]),
        })
        parquet = parquet or pa.parquet.ParquetWriter(f"{out}/points_{count}_{zones}.parquet", table.schema, compression="snappy")
        parquet.write_table(table, row_group_size=ROWS_PER_GROUP)
        csv = csv or pa.csv.CSVWriter(f"{out}/points_{count}_{zones}.csv", table.schema)
        csv.write_table(table)
    parquet.close()
    csv.close()
    print(f"{count} points for {zones} zones")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=["zones", "points"])
    arguments.add_argument("--zones", type=int, required=True)
    arguments.add_argument("--points", type=int, default=1_000_000)
    arguments.add_argument("--out", default="bench-data")
    arguments.add_argument("--seed", type=int, default=31370)
    given = arguments.parse_args()
    os.makedirs(given.out, exist_ok=True)
    if given.what == "zones":
        write_zones(given.zones, given.out, given.seed)
    else:
        write_points(given.points, given.zones, given.out, given.seed)
