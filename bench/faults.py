"""GDAL's ogr2ogr on the rig of tests/faults: what is left at the output after a kill and on a full disk, beside the same for
optima join over as many points. Prints rows for docs/reliability.md. Root (a tmpfs is mounted), ogr2ogr, some minutes."""
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

POINTS = 400_000
KILLS = int(os.environ.get("KILLS", "30"))
OPTIMA = os.path.abspath("target/release/optima")
QUIET = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def whole(path, rows):
    """Whether a file that a reader opens without changing anything holds all rows."""
    if not os.path.exists(path):
        return None
    try:
        if path.endswith(".gpkg"):
            if any(os.path.exists(path + end) for end in ("-journal", "-wal")):
                return False
            file = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            if file.execute("pragma integrity_check").fetchone()[0] != "ok":
                return False
            table = file.execute("select table_name from gpkg_contents").fetchone()[0]
            return file.execute(f'select count(*) from "{table}"').fetchone()[0] == rows
        with open(path) as text:
            return len(json.load(text)["features"]) == rows
    except Exception:
        return False


def ogr2ogr(source, out, overwrite):
    options = ["-f", "GPKG" if out.endswith("gpkg") else "GeoJSON", "-oo", "X_POSSIBLE_NAMES=x", "-oo", "Y_POSSIBLE_NAMES=y"]
    return ["ogr2ogr", *options, *(["-overwrite"] if overwrite else []), out, source]


def join(source, out, zones):
    return [OPTIMA, "join", source, "--zones", zones, "--out", out, "--force"]


def kills(command, out, rows, before):
    """Kills a command at random moments; counts what was left: whole old, whole new, nothing, broken."""
    started = time.monotonic()
    subprocess.run(command, check=True, **QUIET)
    lasts = time.monotonic() - started
    found = {"old": 0, "new": 0, "nothing": 0, "broken": 0}
    done = 0
    while done < KILLS:
        for name in os.listdir(os.path.dirname(out)):
            path = os.path.join(os.path.dirname(out), name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        if before:
            shutil.copy(before, out)
        run = subprocess.Popen(command, **QUIET)
        time.sleep(random.uniform(0.02, lasts))
        run.send_signal(signal.SIGKILL)
        if run.wait() != -signal.SIGKILL:
            continue
        done += 1
        same = before and os.path.exists(out) and open(out, "rb").read() == open(before, "rb").read()
        state = "old" if same else {None: "nothing", True: "new", False: "broken"}[whole(out, rows)]
        found[state] += 1
    return found


def full_disk(command, out, rows, folder, size):
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        code = subprocess.run(command, **QUIET).returncode
        left = {None: "nothing left", True: "a whole file", False: "a broken file left"}[whole(out, rows)]
        return f"exit {code}, {left}"
    finally:
        subprocess.run(["umount", folder], check=True)


def main():
    random.seed(5)
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        for name, points in (("points.csv", POINTS), ("fewer.csv", 1000)):
            with open(path(name), "w") as text:
                text.write("id,x,y\n")
                text.writelines(f"{i},{200000 + i % 3700},{100000 + i % 2000}\n" for i in range(points))
        zones = "layers/territories/valmont/zones.geojson"
        with open(zones) as text:
            count = len(json.load(text)["features"])
        print("| program | fault | runs | old whole | new whole | nothing | broken |\n| --- | --- | --- | --- | --- | --- | --- |")
        os.mkdir(path("out"))
        for kind in ("gpkg", "geojson"):
            out, before = path(f"out/points.{kind}"), path(f"before.{kind}")
            subprocess.run(ogr2ogr(path("fewer.csv"), before, False), check=True, **QUIET)
            for there in (None, before):
                found = kills(ogr2ogr(path("points.csv"), out, there is not None), out, POINTS, there)
                fault = "kill -9, overwriting a good file" if there else "kill -9, new file"
                print(f"| ogr2ogr to {kind} | {fault} | {KILLS} | " + " | ".join(str(n) for n in found.values()) + " |", flush=True)
        out, before = path("out/zones.gpkg"), path("before-zones.gpkg")
        subprocess.run(join(path("fewer.csv"), before, zones), check=True, **QUIET)
        for there in (None, before):
            found = kills(join(path("points.csv"), out, zones), out, count, there)
            fault = "kill -9, overwriting a good file" if there else "kill -9, new file"
            print(f"| optima join to gpkg | {fault} | {KILLS} | " + " | ".join(str(n) for n in found.values()) + " |", flush=True)
        print()
        disk = path("disk")
        for kind in ("gpkg", "geojson"):
            out = os.path.join(disk, f"points.{kind}")
            print(f"ogr2ogr to {kind}, disk of 8 MiB: {full_disk(ogr2ogr(path('points.csv'), out, False), out, POINTS, disk, '8m')}")
        out = os.path.join(disk, "zones.gpkg")
        print(f"optima join, disk of 64 KiB: {full_disk(join(path('points.csv'), out, zones), out, count, disk, '64k')}")


main()
