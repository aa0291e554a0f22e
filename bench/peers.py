#!/usr/bin/env python3
"""The same join by the tools one would use instead: peers.py PEER POINTS ZONES OUT

Points (Parquet or CSV) to zones (GeoPackage) to counts and means (GeoPackage). One process a run; imports are not timed.
Prints one JSON line: CPU seconds of the whole and of its stages, peak memory, and checksums.
"""
import json
import os
import resource
import sys
import time

import numpy as np


class Meter:
    """CPU seconds of this process, threads included, since the start and since the last stage."""

    def __init__(self):
        self.start = self.last = self.cpu()
        self.wall = time.perf_counter()
        self.stages = {}

    @staticmethod
    def cpu():
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    def stage(self, name):
        now = self.cpu()
        self.stages[name] = round(now - self.last, 3)
        self.last = now

    def tell(self, **more):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({
            "cpu": round(self.cpu() - self.start, 3),
            "wall": round(time.perf_counter() - self.wall, 3),
            "rss_mb": round(peak),
            "stages": self.stages,
            **more,
        }))


def read_zones(path):
    return geopandas.read_file(path, engine="pyogrio", use_arrow=True)


def write_zones(meter, zones, codes, counts, means, out):
    found = pd.DataFrame({"code": codes, "n": counts, "mean": means})
    zones = zones.merge(found, on="code", how="left")
    zones["n"] = zones["n"].fillna(0).astype("int64")
    if os.path.exists(out):
        os.remove(out)
    zones.to_file(out, layer="zones", driver="GPKG", engine="pyogrio")
    meter.stage("write")
    meter.tell(within=int(zones["n"].sum()), sum_of_means=float(zones["mean"].sum()))


def with_geopandas(points, zones, out, columns=None):
    meter = Meter()
    zones = read_zones(zones)
    meter.stage("read_zones")
    table = pd.read_parquet(points, columns=columns) if points.endswith(".parquet") else pd.read_csv(points, usecols=columns)
    meter.stage("read_points")
    places = geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy(table.x, table.y, crs=zones.crs))
    joined = geopandas.sjoin(places, zones[["code", "geometry"]], predicate="within", how="inner")
    by_zone = joined.groupby("code")["income"].agg(["size", "mean"])
    meter.stage("join")
    write_zones(meter, zones, by_zone.index, by_zone["size"].to_numpy(), by_zone["mean"].to_numpy(), out)


def with_sedonadb(points, zones, out):
    engine = sedonadb.connect()
    meter = Meter()
    frame = read_zones(zones)
    meter.stage("read_zones")
    engine.read_parquet(zones.replace(".gpkg", ".parquet")).to_view("zones")
    engine.read_parquet(points).to_view("points")
    answer = engine.sql("""
        SELECT zones.code AS code, count(*) AS n, avg(placed.income) AS mean
        FROM (SELECT income, ST_SetSRID(ST_Point(x, y), 31370) AS place FROM points) placed
        JOIN zones ON ST_Within(placed.place, zones.geometry) GROUP BY zones.code""").to_pandas()
    meter.stage("join")
    write_zones(meter, frame, answer["code"], answer["n"].to_numpy(), answer["mean"].to_numpy(), out)


if __name__ == "__main__":
    peer, *paths = sys.argv[1:]
    import geopandas
    import pandas as pd

    if peer == "sedonadb":
        import sedonadb

        with_sedonadb(*paths)
    else:
        with_geopandas(*paths, columns=["x", "y", "income"] if peer == "geopandas-columns" else None)
