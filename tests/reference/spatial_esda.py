# Local Moran as esda divides it, on Columbus, for tests/spatial/: python spatial_esda.py > spatial_esda.json (esda 2.9, libpysal).
import json
import pathlib

from esda.geary_local import Geary_Local
from esda.moran import Moran_Local
from libpysal.weights import W

here = pathlib.Path(__file__).parent
features = json.loads((here / "columbus.geojson").read_text())["features"]
rows = json.loads((here / "weights_columbus.json").read_text())["expected"]["queen_neighbours"]
crime = [feature["properties"]["CRIME"] for feature in features]
weights = W({unit: row for unit, row in enumerate(rows)})
local = Moran_Local(crime, weights, transformation="r", permutations=0)
weights.transform = "r"
geary = Geary_Local(weights, permutations=0)
geary.fit(crime)
print(json.dumps({"case": "spatial_esda", "reference": "esda 2.9", "tolerance": {"all": "abs 1e-12"},
                  "Is": list(map(float, local.Is)), "q": [int(q) for q in local.q], "local_geary": list(map(float, geary.localG))}))
