"""Bilans, problems that come together and WHO-5 of Seraing counted a second time, with nothing but Python's standard library.

Written apart from the program. Who lives where is given (`quarterly_study.py` places records a second time); everything else is
read from the raw records and the guide's workbook, and counted here.

    bilans_study.py PROJECT PLACED

PLACED is a JSON object, record → quartier, of the records that live in the territory. Writes one JSON object a line.
"""
import csv
import json
import math
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter, defaultdict

PROJECT = sys.argv[1]
PLACED = json.load(open(sys.argv[2], encoding="utf-8"))  # record → quartier
RENAMED = {"sex": "sexe", "isolation": "q_isolement", "housing_tenure": "q_statut_logement", "housing_damp": "q_humidite",
           "school_dropout": "q_decrochage", "autonomy_loss": "q_autonomie", "health_self": "q_sante", "income_source": "q_revenu"}
VALUES = {"sex": {"F": "female", "H": "male"}}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(path):
    """Rows of each sheet of a workbook, as dictionaries by heading."""
    with zipfile.ZipFile(path) as archive:
        strings = []
        if "xl/sharedStrings.xml" in archive.namelist():
            for item in ET.fromstring(archive.read("xl/sharedStrings.xml")).iter(MAIN + "si"):
                strings.append("".join(text.text or "" for text in item.iter(MAIN + "t")))
        names = [sheet.get("name") for sheet in ET.fromstring(archive.read("xl/workbook.xml")).iter(MAIN + "sheet")]
        found = {}
        for at, name in enumerate(names, 1):
            rows = []
            for row in ET.fromstring(archive.read(f"xl/worksheets/sheet{at}.xml")).iter(MAIN + "row"):
                cells = {}
                for cell in row.iter(MAIN + "c"):
                    column = "".join(c for c in cell.get("r") if c.isalpha())
                    value = cell.find(MAIN + "v")
                    text = "" if value is None else value.text
                    if cell.get("t") == "s":
                        text = strings[int(text)]
                    elif cell.get("t") == "inlineStr":
                        text = "".join(t.text or "" for t in cell.iter(MAIN + "t"))
                    cells[column] = text
                rows.append(cells)
            head = {column: text for column, text in rows[0].items()}
            found[name] = [{head[c]: t for c, t in row.items() if c in head} for row in rows[1:]]
        return found


def condition(text):
    """Whether a question is put to a person, for the few forms that the guide uses."""
    if not text:
        return lambda row: True
    parts = text.split(" or ")

    def one(part, row):
        name, sign, value = part.split(" ", 2)
        given = answer(row, name[2:-1])
        if value.startswith("'"):
            return given == value.strip("'")
        number = float(given) if given not in ("", "refused") else None
        return number is not None and (number > float(value) if sign == ">" else number >= float(value))

    return lambda row: any(one(part, row) for part in parts)


def answer(row, question):
    text = row.get(RENAMED.get(question, question), "").strip()
    return VALUES.get(question, {}).get(text, text)


BOOK = sheets(f"{PROJECT}/layers/guides/catalyse.xlsx")
CHOICES = defaultdict(list)
for choice in BOOK["choices"]:
    if choice.get("list_name"):
        CHOICES[choice["list_name"]].append(choice["name"])
QUESTIONS = []  # (name, kind, choices, condition)
for row in BOOK["survey"]:
    kind, _, which = row.get("type", "").partition(" ")
    if kind in ("select_one", "select_multiple"):
        QUESTIONS.append((row["name"], kind, [c for c in CHOICES[which.split()[0]] if c != "refused"], condition(row.get("relevant", ""))))

# Ages are cut into classes by the observatory's file.
AGES = [(0, 18), (18, 25), (25, 45), (45, 65), (65, None)]
QUESTIONS.append(("age", "classes", [], lambda row: True))


def age_class(given):
    years = float(given)
    return next(f"{low}_up" if high is None else f"{low}_{high}" for low, high in AGES if high is None or years < high)


with open(f"{PROJECT}/examples/seraing/records/interviews.csv", encoding="utf-8-sig", newline="") as file:
    RECORDS = [row for row in csv.DictReader(file, delimiter=";") if row["id"] in PLACED]


def states(row):
    """(question, state) for every closed question."""
    for name, kind, choices, asked in QUESTIONS:
        given = answer(row, name)
        if kind == "classes":
            yield name, "no_answer" if given == "" else "refused" if given == "refused" else age_class(given)
            continue
        if kind == "select_one":
            if given == "":
                state = "no_answer" if asked(row) else "not_asked"
            else:
                state = given
            yield name, state
            continue
        ticks = {choice: row.get(f"{name}/{choice}", "") for choice in choices}
        refused = row.get(f"{name}/refused", "") == "1"
        for choice in choices:
            if refused:
                state = "refused"
            elif all(tick == "" for tick in ticks.values()):
                state = "no_answer" if asked(row) else "not_asked"
            else:
                state = "ticked" if ticks[choice] == "1" else "not_ticked"
            yield f"{name}/{choice}", state


GROUPINGS = {"all": lambda row: "all", "partner": lambda row: row["partenaire"], "service": lambda row: row["service"],
             "public": lambda row: row["public"], "campaign": lambda row: row["campagne"]}
for cross in ("sex", "household_type", "activity", "housing_tenure"):
    GROUPINGS[cross] = lambda row, cross=cross: answer(row, cross) if answer(row, cross) not in ("", "refused") else "not_stated"

GROUPINGS["age"] = lambda row: age_class(row["age"]) if row["age"] not in ("", "refused") else "not_stated"

COUNTS = defaultdict(Counter)
for row in RECORDS:
    groups = [(by, of(row)) for by, of in GROUPINGS.items()]
    for question, state in states(row):
        for by, group in groups:
            COUNTS[by, group, question][state] += 1
for (by, group, question), counts in sorted(COUNTS.items()):
    if question != by:
        print(json.dumps({"by": by, "group": group, "question": question, "counts": counts}))

PROBLEMS = {"isolation": "yes", "income_source": "ris", "school_dropout": "yes", "autonomy_loss": "yes", "health_self": "poor"}
WHO5 = ["who5_cheerful", "who5_calm", "who5_active", "who5_rested", "who5_interested"]
CONDITIONS = {name: asked for name, _, _, asked in QUESTIONS}
ZONES = sorted(set(PLACED.values()))
for zone in [None, *ZONES]:
    here = [row for row in RECORDS if zone is None or PLACED[row["id"]] == zone]
    told = []
    for row in here:
        there = unknown = 0
        for question, wanted in PROBLEMS.items():
            given = answer(row, question)
            there += given == wanted
            unknown += given == "refused" or (given == "" and CONDITIONS[question](row))
        if there >= 3 or there + unknown < 3:
            told.append(there >= 3)
    sums = [sum(int(row[item]) for item in WHO5) for row in here if all(row[item] not in ("", "refused") for item in WHO5)]
    result = {"zone": zone or "seraing", "cumulated": [sum(told), len(told)]}
    if sums:
        mean = sum(sums) / len(sums)
        spread = math.sqrt(sum((x - mean) ** 2 for x in sums) / (len(sums) - 1)) if len(sums) > 1 else None
        result |= {"n": len(sums), "raw": mean, "score": 4 * mean, "deviation": spread, "reduced": sum(4 * x <= 50 for x in sums)}
    print(json.dumps(result))
