"""The quarterly study computed a second time, from the shipped records, with nothing but Python's standard library.

Written apart from the program: its own reading, placing (ray casting), counting, intervals and tests. It shares no code and
no constant with it beyond the definitions in the documentation. Zones come through `ogr2ogr` as GeoJSON.

    quarterly_study.py PROJECT EXAMPLE TABLE

TABLE is the released indicators.csv, of which only the status column is read: p-values are adjusted over what is shown.
Writes one JSON object a line: one cell each, unrounded, percent for shares.
"""
import csv
import datetime
import json
import math
import re
import subprocess
import sys
import unicodedata
from collections import defaultdict
from fractions import Fraction

PROJECT, EXAMPLE, TABLE = sys.argv[1:4]
RECORDS = f"{PROJECT}/examples/{EXAMPLE}/records/"
PLACES = f"{PROJECT}/layers/territories/{EXAMPLE}/"
Z95 = 1.959963984540054

# What the observatory's file says, written out by hand: their columns, periods, questions.
SETTINGS = {
    "seraing": {
        "zones": ("zones.gpkg", "cd_sector", "cd_munty_refnis", "62096"), "unlocated": "62096ZZZZ", "years": (1999, 2003),
        "campaign": "1999-01-01/2002-12-31", "mark": ";", "encoding": "utf-8-sig",
        "job_seekers": {"file": "job_seekers.csv", "person": "id_demandeur", "quarter": "trimestre", "zone": "secteur", "street": "rue",
                        "number": "numero", "postcode": "code_postal", "birth": "date_naissance", "since": "inoccupe_depuis",
                        "yes": "O", "no": "N", "ris": "ris"},
        "population": {"zone": "secteur", "year": "annee", "active": "actifs"},
        "interviews": {"file": "interviews.csv", "zone": "secteur", "street": "rue", "number": "numero", "postcode": "code_postal"},
        "addresses": {"street": "rue", "number": "numero", "postcode": "code_postal"},
        "questions": {"isolation": ("q_isolement", "yes"), "housing_damp": ("q_humidite", "yes"),
                      "autonomy_loss": ("q_autonomie", "yes"), "private_tenants": ("q_statut_logement", "private_tenant"),
                      "heavy_debts": ("debts", "heavy"), "overcrowding": ("overcrowding", "too_small"),
                      "rare_contacts": ("social_contacts", "rarely"), "no_internet": ("internet", "no"),
                      "postponed_care": ("postponed_care", "yes"), "no_doctor": ("doctor", "no")},
    },
    "valmont": {
        "zones": ("zones.geojson", "code", "commune", "99001"), "unlocated": "99001ZZZZ", "years": (2003, 2003),
        "campaign": "2003-01-01/2003-12-31", "mark": ",", "encoding": "utf-8", "crosswalk": "crosswalk.csv",
        "job_seekers": {"file": "job_seekers.csv", "person": "person", "quarter": "quarter", "zone": "zone", "street": "street",
                        "number": "number", "postcode": "postcode", "age": "age", "months": "months", "yes": "yes", "no": "no",
                        "ris": "ris"},
        "population": {"zone": "zone", "year": "year", "active": "active"},
        "interviews": {"file": "interviews.csv", "zone": "zone", "street": "street", "number": "number", "postcode": "postcode"},
        "addresses": {"street": "street", "number": "number", "postcode": "postcode"},
        "questions": {"isolation": ("isolation", "yes"), "housing_damp": ("housing_damp", "yes"),
                      "autonomy_loss": ("autonomy_loss", "yes"), "private_tenants": ("housing_tenure", "private_tenant")},
    },
    "saint-nicolas": {
        "zones": ("zones.gpkg", "cd_sector", "cd_munty_refnis", "62093"), "unlocated": "62093ZZZZ", "years": (2002, 2003),
        "campaign": "2002-01-01/2003-12-31", "mark": ",", "encoding": "cp1252",
        "counts": {"file": "demandeurs.csv", "zone": "Code secteur", "quarter": "Trimestre", "job_seekers": "Demandeurs d'emploi",
                   "under_25": "Moins de 25 ans", "ris": "Bénéficiaires du RIS",
                   "classes": [("Moins de 6 mois", 0, 6), ("De 6 à 12 mois", 6, 12), ("De 1 à 2 ans", 12, 24), ("2 ans et plus", 24, 96)]},
        "population": {"zone": "Code secteur", "year": "Année", "active": "Population active"},
        "interviews": {"file": "entretiens.csv", "zone": "Secteur"},
        "questions": {"isolation": ("Isolement", "yes"), "private_tenants": ("Statut d'occupation", "private_tenant")},
    },
}
SET = SETTINGS[EXAMPLE]
QUARTERS = [(year, q) for year in range(SET["years"][0], SET["years"][1] + 1) for q in (1, 2, 3, 4)]
ALL = None  # the territory among zones


def rows(name):
    with open(RECORDS + name, encoding=SET["encoding"], newline="") as file:
        yield from csv.DictReader(file, delimiter=SET["mark"])


def decimal(text):
    return float(text.replace(",", ".")) if text.strip() else None


# ------------------------------------------------------------------------------------------------ places

def read_zones():
    name, code, commune, nis = SET["zones"]
    text = subprocess.run(["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", PLACES + name], check=True, capture_output=True).stdout
    zones = {}
    for feature in json.loads(text)["features"]:
        if str(feature["properties"][commune]) == nis:
            geometry = feature["geometry"]
            parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
            zones[feature["properties"][code]] = parts
    return dict(sorted(zones.items()))


def side(a, b, p):
    """Sign of the area of a, b, p: floats, or fractions where floats cannot tell."""
    value = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
    if abs(value) > 1e-3:
        return value
    ax, ay, bx, by, px, py = map(Fraction, (a[0], a[1], b[0], b[1], p[0], p[1]))
    return (bx - ax) * (py - ay) - (by - ay) * (px - ax)


def covers(parts, p):
    for rings in parts:
        inside = False
        for ring in rings:
            for a, b in zip(ring, ring[1:]):
                if min(a[0], b[0]) <= p[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= p[1] <= max(a[1], b[1]) and side(a, b, p) == 0:
                    return True
                if (a[1] > p[1]) != (b[1] > p[1]) and (side(a, b, p) > 0) == (b[1] > a[1]):
                    inside = not inside
        if inside:
            return True
    return False


ZONES = read_zones()
BOXES = {code: [f(c[i] for part in parts for c in part[0]) for f in (min, max) for i in (0, 1)] for code, parts in ZONES.items()}
SEEN = {}


def sector_at(p):
    """The lowest code that covers the point; None where none does."""
    if p not in SEEN:
        near = (code for code, box in BOXES.items() if box[0] <= p[0] <= box[2] and box[1] <= p[1] <= box[3])
        SEEN[p] = next((code for code in near if covers(ZONES[code], p)), None)
    return SEEN[p]


def spelling(street):
    letters = unicodedata.normalize("NFD", street.lower())
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


REGISTER = defaultdict(list)
if "addresses" in SET:
    for row in rows("addresses.csv"):
        names = SET["addresses"]
        point = (decimal(row["x"]), decimal(row["y"]))
        REGISTER[spelling(row[names["street"]]), row[names["postcode"]]].append((row[names["number"]].lower(), point))


def place(row, names):
    """The sector's code; None for outside, unknown and missing alike."""
    code = row[names["zone"]].strip()
    if code and code != SET["unlocated"]:
        return code if code in ZONES else None
    x = next((row[name] for name in ("x", "X") if name in row), "")
    y = next((row[name] for name in ("y", "Y") if name in row), "")
    if x and y:
        return sector_at((decimal(x), decimal(y)))
    if "street" in names and row[names["street"]].strip():
        entries = REGISTER.get((spelling(row[names["street"]]), row[names["postcode"]].strip()), [])
        exact = [point for number, point in entries if number == row[names["number"]].strip().lower()]
        sectors = {sector_at(point) for point in (exact or [point for _, point in entries])}
        return sectors.pop() if len(sectors) == 1 else None
    return None


if "crosswalk" in SET:
    SHARES = defaultdict(list)
    with open(PLACES + SET["crosswalk"], encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            SHARES[row["sector"]].append((row["quartier"], float(row["weight"])))
    PUBLISHED = sorted({quartier for shares in SHARES.values() for quartier, _ in shares})
else:
    SHARES = {code: [(code, 1.0)] for code in ZONES}
    PUBLISHED = list(ZONES)


def shares_of(sector):
    """The published zones of a sector with its shares, and the territory with their sum."""
    found = SHARES[sector]
    return [*found, (ALL, sum(share for _, share in found))]


# ------------------------------------------------------------------------------------------------ statistics

def wilson(x, n):
    if not (n > 0 and 0 <= x <= n):
        return None
    center, spread = x + Z95**2 / 2, Z95 * math.sqrt(x * (n - x) / n + Z95**2 / 4)
    return (center - spread) / (n + Z95**2), (center + spread) / (n + Z95**2)


def newcombe(a, b):
    one, two = wilson(*a), wilson(*b)
    if one is None or two is None:
        return None
    p, q = a[0] / a[1], b[0] / b[1]
    low = p - q - math.sqrt((p - one[0]) ** 2 + (two[1] - q) ** 2)
    return low, p - q + math.sqrt((one[1] - p) ** 2 + (q - two[0]) ** 2)


def pooled_p(a, b):
    """Pearson's chi-square of the two by two table, one degree of freedom: P(chi2 > v) = erfc(sqrt(v / 2))."""
    if a[1] <= 0 or b[1] <= 0:
        return None
    table = [[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]]
    total = a[1] + b[1]
    columns = [a[0] + b[0], total - a[0] - b[0]]
    if min(columns) <= 0:
        return None
    expected = [[n * column / total for column in columns] for n in (a[1], b[1])]
    chi2 = sum((table[i][j] - expected[i][j]) ** 2 / expected[i][j] for i in (0, 1) for j in (0, 1))
    return math.erfc(math.sqrt(chi2 / 2))


def t_within(t, freedom):
    """P(|T| < t) by Simpson's rule: with t = sqrt(v) tan(u) the density is a power of the cosine."""
    end, steps = math.atan(t / math.sqrt(freedom)), 400
    power = freedom - 1
    heights = [math.cos(end * i / steps) ** power for i in range(steps + 1)]
    area = (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2])) * end / steps / 3
    return area * 2 / math.sqrt(math.pi) * math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))


def t_quantile(freedom):
    """The t with P(|T| < t) = 0.95, by Newton's method."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    t = Z95
    for _ in range(60):
        step = (t_within(t, freedom) - 0.95) / (2 * scale * (1 + t * t / freedom) ** (-(freedom + 1) / 2))
        t = max(t - step, t / 2)
        if abs(step) < 1e-11:
            break
    return t


def welch(a, b):
    """Interval and p of the difference of two means, each as (n, mean, squared deviation)."""
    if a[2] is None or b[2] is None:
        return None
    u, v = a[2] / a[0], b[2] / b[0]
    if u + v <= 0:
        return None
    freedom = (u + v) ** 2 / (u**2 / (a[0] - 1) + v**2 / (b[0] - 1))
    error, difference = math.sqrt(u + v), a[1] - b[1]
    half = t_quantile(freedom) * error
    return (difference - half, difference + half), max(0.0, 1 - t_within(abs(difference) / error, freedom))


def adjust(p_values):
    """Benjamini–Hochberg as its definition says: the least m p(j) / j over all ranks j from one's own up."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    scaled = [p_values[i] * len(p_values) / (rank + 1) for rank, i in enumerate(order)]
    return {i: min(1.0, *scaled[rank:]) for rank, i in enumerate(order)}


# ------------------------------------------------------------------------------------------------ counting

class Group:
    """Job seekers of one zone and quarter: sums of shares, and whole persons behind each."""

    def __init__(self):
        self.count = defaultdict(float)
        self.persons = defaultdict(int)
        self.months = []
        # Under 35, and from 35: long, all, in shares and in persons; those from 25.
        self.young_and_old = [[0.0, 0.0, 0, 0, 0.0], [0.0, 0.0, 0, 0, 0.0]]

    def add(self, name, persons, share):
        self.count[name] += persons * share
        self.persons[name] += persons


GROUPS = defaultdict(Group)
OBSERVED = set()


def quarter_of(text):
    found = re.fullmatch(r"(\d{4})-?[TQ]([1-4])|[TQ]([1-4]) (\d{4})", text.strip())
    return found and (int(found[1] or found[4]), int(found[2] or found[3]))


def count_persons(names):
    taken = set()
    for row in rows(names["file"]):
        quarter = quarter_of(row[names["quarter"]])
        if quarter is None:
            continue
        year, number = quarter
        end = datetime.date(year + number // 4, number * 3 % 12 + 1, 1) - datetime.timedelta(days=1)
        try:
            if "birth" in names:
                day, month, born = map(int, row[names["birth"]].split("/"))
                datetime.date(born, month, day)
                age = end.year - born - ((end.month, end.day) < (month, day))
                since = datetime.date(*reversed([int(part) for part in row[names["since"]].split("/")]))
                months = (end - since).days / 30.4375
            else:
                age, months = int(row[names["age"]]), float(row[names["months"]])
        except ValueError:
            continue
        key = row[names["person"]], quarter
        if months < 0 or row[names["ris"]] not in (names["yes"], names["no"]) or key in taken:
            continue
        taken.add(key)
        OBSERVED.update((zone, quarter) for zone in [*PUBLISHED, ALL])
        sector = place(row, names)
        if sector is None:
            continue
        for zone, share in shares_of(sector):
            group = GROUPS[zone, quarter]
            group.add("all", 1, share)
            group.add("under_25", int(age < 25), share)
            group.add("ris", int(row[names["ris"]] == names["yes"]), share)
            group.add("long", int(months >= 24), share)
            group.months.append((months, share))
            for i, amount in enumerate((share * (months >= 24), share, int(months >= 24), 1, share * (age >= 25))):
                group.young_and_old[age >= 35][i] += amount


def count_counts(names):
    for row in rows(names["file"]):
        sector, quarter = place(row, names), quarter_of(row[names["quarter"]])
        if sector is None:
            continue
        for zone, share in shares_of(sector):
            OBSERVED.add((zone, quarter))
            group = GROUPS[zone, quarter]
            for ours, theirs in (("all", "job_seekers"), ("under_25", "under_25"), ("ris", "ris")):
                group.add(ours, int(row[names[theirs]]), share)
            for column, low, high in names["classes"]:
                group.add("long", int(row[column]) if low >= 24 else 0, share)
                group.months.append(((low, high), int(row[column]) * share))


ACTIVE = defaultdict(float)
for row in rows("population.csv"):
    for zone, share in shares_of(row[SET["population"]["zone"]]):
        ACTIVE[zone, int(row[SET["population"]["year"]])] += float(row[SET["population"]["active"]]) * share
if "counts" in SET:
    count_counts(SET["counts"])
else:
    count_persons(SET["job_seekers"])


def active(zone, year):
    years = [y for z, y in ACTIVE if z == zone and y <= year]
    return ACTIVE[zone, max(years)] if years else None


# ------------------------------------------------------------------------------------------------ values

def share(x, n, persons, group):
    if n is None or n <= 0:
        return None
    limits = wilson(x, n)
    reliable = limits is not None and (n >= 30 if x <= 0 else math.sqrt((1 - x / n) / x) <= 1 / 3)
    return {"value": x / n, "numerator": x, "denominator": n, "limits": limits, "persons": persons, "group": group,
            "method": "wilson_95", "reliable": reliable}


def mean(group):
    n = sum(w for _, w in group.months)
    if n <= 0:
        return None
    cell = {"numerator": n, "denominator": None, "persons": group.persons["all"], "group": None}
    if "counts" in SET:
        at = [sum(w * bound for bound, w in ((f(c), w) for c, w in group.months)) / n for f in (min, max)]
        counts = defaultdict(float)
        for c, w in group.months:
            counts[c] += w
        coarse = (math.floor(at[0] / 6) * 6, math.ceil(at[1] / 6) * 6)
        return {**cell, "value": sum(at) / 2, "limits": coarse, "method": "class_bounds", "squares": None, "reliable": True,
                "smallest_class": min((n for n in counts.values() if n > 0), default=None)}
    center = math.fsum(m * w for m, w in group.months) / n
    squares = math.fsum(w * (m - center) ** 2 for m, w in group.months) / (n - 1) if n > 1 else None
    half = squares and t_quantile(n - 1) * math.sqrt(squares / n)
    limits = (max(0.0, center - half), center + half) if half is not None else None
    reliable = squares is not None and math.sqrt(squares / n) <= center / 3
    return {**cell, "value": center, "limits": limits, "method": "student_t_95", "squares": squares, "reliable": reliable}


def gamma_below(shape, x):
    """P(X < x) of the gamma law of scale 1, by its power series, all terms of one sign."""
    term = total = math.exp(-x + shape * math.log(x) - math.lgamma(shape + 1)) if x > 0 else 0.0
    n = 0
    while term > total * 1e-17:
        n += 1
        term *= x / (shape + n)
        total += term
    return total


def gamma_quantile(mean, variance, p):
    low, high = 0.0, mean + 20 * math.sqrt(variance)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if gamma_below(mean * mean / variance, middle * mean / variance) < p else (low, middle)
    return high


def standardized(own, standard):
    """Direct standardization on the territory's ages, with Fay and Feuer's limits; what must be hidden has a class of one."""
    persons, group = (sum(age[i] for age in own) for i in (2, 3))
    cell = {"numerator": None, "denominator": None, "persons": persons, "group": group, "method": "fay_feuer_95"}
    if not group:
        return None
    sides = [side for age in own if age[3] for side in ((1, 1) if age[2] in (0, age[3]) else (age[0], age[1] - age[0]))]
    # Those under 25 are published: taken from those under 35, they leave the others.
    sides += [own[0][4]] if own[0][4] and own[0][4] < own[0][1] - 1e-9 else []
    if any(here[3] == 0 < there[3] for here, there in zip(own, standard)):
        return {**cell, "value": 0, "limits": None, "reliable": False, "smallest_class": 1}
    weights = [there[1] / sum(age[1] for age in standard) / here[1] for here, there in zip(own, standard) if there[3]]
    events = [here[0] for here, there in zip(own, standard) if there[3]]
    rate = sum(w * x for w, x in zip(weights, events))
    variance, step = sum(w * w * x for w, x in zip(weights, events)), max(weights)
    low = gamma_quantile(rate, variance, 0.025) if variance else 0.0
    high = gamma_quantile(rate + step, variance + step * step, 0.975)
    reliable = math.sqrt(variance) <= rate / 3 if rate else sum(age[1] for age in own) >= 30
    return {**cell, "value": rate, "limits": (low, min(high, 1.0)), "reliable": reliable, "smallest_class": min(sides)}


CELLS = {}
for quarter in QUARTERS:
    for zone in [*PUBLISHED, ALL]:
        g = GROUPS[zone, quarter]
        if (zone, quarter) not in OBSERVED:
            continue
        n, all_persons = g.count["all"], g.persons["all"]
        CELLS["job_seekers", zone, quarter] = share(n, active(zone, quarter[0]), all_persons, None)
        for measure, part in (("under_25", "under_25"), ("ris_beneficiaries", "ris"), ("long_term", "long")):
            CELLS[measure, zone, quarter] = share(g.count[part], n, g.persons[part], all_persons)
        CELLS["inoccupation_duration", zone, quarter] = mean(g)
        if zone is not ALL and "counts" not in SET:
            CELLS["long_term_standardized", zone, quarter] = standardized(g.young_and_old, GROUPS[ALL, quarter].young_and_old)
    for zone in [*PUBLISHED, ALL]:
        parts = [(CELLS.get((measure, zone, quarter)), CELLS.get((measure, ALL, quarter)))
                 for measure in ("job_seekers", "under_25", "ris_beneficiaries", "inoccupation_duration")]
        if all(here and whole and whole["value"] > 0 for here, whole in parts):
            CELLS["combined_index", zone, quarter] = {
                "value": sum(here["value"] / whole["value"] for here, whole in parts) / 4 * 100, "numerator": None,
                "denominator": None, "limits": None, "persons": min(here["persons"] for here, _ in parts), "group": None,
                "method": "", "reliable": all(here["reliable"] for here, _ in parts)}
for measure, (column, modality) in SET["questions"].items():
    tally = defaultdict(lambda: [0.0, 0.0, 0, 0])
    for row in rows(SET["interviews"]["file"]):
        sector, answer = place(row, SET["interviews"]), row[column].strip()
        # A refusal is no answer.
        for zone, part in shares_of(sector) if sector and answer not in ("", "refused") else []:
            for i, amount in enumerate((part * (answer == modality), part, int(answer == modality), 1)):
                tally[zone][i] += amount
    for zone in [*PUBLISHED, ALL]:
        CELLS[measure, zone, SET["campaign"]] = share(*tally[zone])
CELLS = {key: cell for key, cell in CELLS.items() if cell}

# ------------------------------------------------------------------------------------------------ changes

SHOWN = set()
with open(TABLE, encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        if row["status"] in "VU":
            code = row["zone_code"] if row["zone_code"] != EXAMPLE else ALL
            SHOWN.add((row["measure"], code, quarter_of(row["period"]) or row["period"]))


def change(measure, now, then):
    if measure == "combined_index":
        return None, None
    if measure == "inoccupation_duration":
        return welch((now["numerator"], now["value"], now["squares"]), (then["numerator"], then["value"], then["squares"])) or (None, None)
    pair = (now["numerator"], now["denominator"]), (then["numerator"], then["denominator"])
    return newcombe(*pair), pooled_p(*pair)


for name, years, quarters in (("quarter", 0, 1), ("year", 1, 0)):
    families = defaultdict(list)
    for (measure, zone, quarter), cell in CELLS.items():
        if isinstance(quarter, str) or measure == "long_term_standardized":
            continue
        year, number = quarter[0] - years, quarter[1] - quarters
        key = measure, zone, (year, number) if number else (year - 1, 4)
        if key in CELLS and key in SHOWN and (measure, zone, quarter) in SHOWN:
            limits, p = change(measure, cell, CELLS[key])
            cell[name] = {"difference": cell["value"] - CELLS[key]["value"], "limits": limits, "p": p}
            if p is not None:
                families[measure, quarter, zone is ALL].append(cell[name])
    for family in families.values():
        for i, p in adjust([entry["p"] for entry in family]).items():
            family[i]["p"] = p

for (measure, zone, period), cell in CELLS.items():
    factor = 1 if measure in ("inoccupation_duration", "combined_index") else 100
    scaled = lambda pair: [pair[0] * factor, pair[1] * factor] if pair else None
    line = {key: cell[key] for key in ("numerator", "denominator", "persons", "group", "reliable")}
    line["smallest_class"] = cell.get("smallest_class")
    line.update(measure=measure, zone=zone or EXAMPLE, period=period if isinstance(period, str) else "%d-Q%d" % period,
                value=cell["value"] * factor, limits=scaled(cell["limits"]), method=cell["method"] if cell["limits"] else "")
    for name in ("quarter", "year"):
        if name in cell:
            entry = cell[name]
            line[name] = {"difference": entry["difference"] * factor, "limits": scaled(entry["limits"]), "p": entry["p"]}
    print(json.dumps(line))
