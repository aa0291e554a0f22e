"""The files of weights that libpysal writes: python tests/reference/weights/of_libpysal.py, from the project's folder. libpysal 4.14.1."""
import geopandas
import libpysal
from libpysal.weights import W

out = "tests/reference/weights/libpysal."


def write(ending, weights):
    file = libpysal.io.open(out + ending, "w")
    file.write(weights)
    file.close()


zones = geopandas.read_file("tests/reference/columbus.geojson").iloc[:8]
queen = libpysal.weights.Queen.from_dataframe(zones, use_index=False)
ids = [str(i + 1) for i in range(8)]
write("gal", W({str(i + 1): [str(j + 1) for j in sorted(queen.neighbors[i])] for i in range(8)}, id_order=ids))
codes = ["62096A00-", "62096 B1", "x", "Île"]
neighbors = {codes[0]: [codes[1], codes[3]], codes[1]: [codes[0]], codes[2]: [], codes[3]: [codes[0]]}
values = {codes[0]: [0.5, 1.25], codes[1]: [1 / 3], codes[2]: [], codes[3]: [3.0]}
write("gwt", W(neighbors, values, id_order=codes))
