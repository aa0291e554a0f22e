"""p-values by permutation from esda: python tests/reference/permutation.py, from the project's folder. esda 2.9.0, libpysal 4.14.1.

Columbus, queen, 99,999 permutations. `directed`: the smaller of the two one-sided p-values."""
import json
import warnings

import esda
import geopandas
import numpy as np
from libpysal.graph import Graph

warnings.filterwarnings("ignore")
PERMUTATIONS = 99_999
zones = geopandas.read_file("tests/reference/columbus.geojson")
crime, income = zones.CRIME.to_numpy(), zones.INC.to_numpy()
queen = Graph.build_contiguity(zones, rook=False)
standardized = queen.transform("r")
local = dict(permutations=PERMUTATIONS, n_jobs=1, keep_simulations=False, seed=20031)
np.random.seed(20031)
expected = {
    "lisa": esda.Moran_Local(crime, standardized, **local).p_sim,
    "bivariate_lisa": esda.Moran_Local_BV(crime, income, standardized, **local).p_sim,
    "gi": esda.G_Local(crime, queen, transform="B", star=False, **local).p_sim,
    "gi_star": esda.G_Local(crime, queen, transform="B", star=True, **local).p_sim,
    "local_geary": esda.Geary_Local(standardized, permutations=PERMUTATIONS, keep_simulations=False, seed=20031).fit(crime).p_sim,
    "moran": [esda.Moran(zones.HOVAL.to_numpy(), standardized, permutations=PERMUTATIONS).p_sim],
    "geary": [esda.Geary(zones.HOVAL.to_numpy(), standardized, permutations=PERMUTATIONS).p_sim],
    "g": [esda.G(zones.HOVAL.to_numpy(), queen.transform("B"), permutations=PERMUTATIONS).p_sim],
    "bivariate_moran": [esda.Moran_BV(income, zones.HOVAL.to_numpy(), standardized, permutations=PERMUTATIONS).p_sim],
    "join_count": [esda.Join_Counts((crime > 35).astype(int), queen.transform("B"), permutations=PERMUTATIONS).p_sim_bb],
}
case = {
    "case": "permutation_columbus",
    "reference": "esda 2.9.0, libpysal 4.14.1",
    "settings": {"permutations": PERMUTATIONS, "local": "CRIME (and INC), directed", "global": "HOVAL, directed; join_count: CRIME > 35"},
    "tolerance": {"p": "five standard deviations of the difference of two simulations"},
    "expected": {name: [round(float(p), 8) for p in values] for name, values in expected.items()},
}
with open("tests/reference/permutation_columbus.json", "w") as file:
    json.dump(case, file)
    file.write("\n")
