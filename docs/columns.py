#!/usr/bin/python3
"""Writes the tables of docs/formats.md again, from the GeoPackage of a release in English.

    target/release/optima build examples/seraing/observatory.toml --out release/english --lang en
    /usr/bin/python3 docs/columns.py release/english
"""
import pathlib
import re
import sqlite3
import sys

UNITS = {
    "zone_code": "text", "zone_name": "text", "code": "text", "name": "text", "period": "text", "period_start": "date",
    "period_end": "date", "area_km2": "km²", "numerator": "persons", "denominator": "persons", "n": "persons", "d": "persons",
    "persons": "persons", "answered": "persons", "share": "%", "p": "0 to 1", "p_adjusted": "0 to 1", "inertia_share": "%",
    "benzecri_share": "%", "greenacre_share": "%", "cla_mod": "%", "mod_cla": "%", "global": "%", "of_modality": "%",
    "maximum_deviation": "%", "ctr1": "%", "ctr2": "%", "ctr3": "%",
    "status": "`V` `U` `S` `N`", "change_quarter_p": "0 to 1", "change_year_p": "0 to 1",
    "change_quarter_signal": "`up` `down` `noise` `untested`", "change_year_signal": "`up` `down` `noise` `untested`",
}


def row(*cells):
    return "| " + " | ".join(cells) + " |"


STUDIES = ["bilan", "associations", "axes", "plane", "groups", "profiles", "dendrogram", "determining_candidates", "determining_odds"]


DERIVED = ["statistics", "forecasts", "scenarios"]
# The columns that every map has, or that are told with the map of a rate.
EVERY_MAP = {"zone_code", "zone_name", "period", "value", "numerator", "denominator", "low", "high", "status", "class_risk"}


def studies(contents, listed, of=STUDIES):
    """A table a study; those of services and quartiers have the columns of `bilan`."""
    titles = {table: title for table, _, title in contents}
    lines = []
    for table in of:
        if table in titles:
            title = re.sub(r" \((schematic|synthetic).*\)$", "", titles[table])
            lines += ([""] if lines else []) + [f"**`{table}`**: {title}", ""] + listed(table)
    return lines


def main():
    gpkg = next(pathlib.Path(sys.argv[1]).glob("*.gpkg"))
    db = sqlite3.connect(f"file:{gpkg}?mode=ro&immutable=1", uri=True)
    described = {}
    for table, column, title, text in db.execute("SELECT table_name, column_name, title, description FROM gpkg_data_columns"):
        described[table, column] = (title, text)

    def columns(table):
        return [(name, kind) for _, name, kind, *_ in db.execute(f'PRAGMA table_info("{table}")') if (table, name) in described]

    def listed(table, keep=lambda name: True, rename=lambda name: name):
        lines = [row("column", "type", "unit", "meaning"), row("---", "---", "---", "---")]
        for name, kind in columns(table):
            if keep(name):
                short = rename(name)
                own = table in STUDIES + DERIVED
                fallback = "" if own else "the measure's"
                unit = "text" if kind == "TEXT" and own and name != "status" else UNITS.get(re.sub(r"^<measure>_?", "", short), fallback)
                # The value's description begins with the label of this very measure.
                text = described[table, name][1]
                if not own:
                    text = re.sub(r"^.*?\. (?=Empty: )", "The value. ", text)
                lines.append(row(f"`{short}`", kind, unit, text))
        return lines

    contents = db.execute("SELECT table_name, data_type, identifier FROM gpkg_contents WHERE table_name <> 'layer_styles'").fetchall()
    layers = [row("table", "rows", "what it is"), row("---", "---", "---")]
    for table, kind, title in contents:
        count = db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        layers.append(row(f"`{table}`", str(count), re.sub(r" \((schematic|synthetic).*\)$", "", title)))

    measures = [row("measure", "value"), row("---", "---")]
    names = [name[: -len("_status")] for name, _ in columns("series") if name.endswith("_status")]
    measures += [row(f"`{name}`", described["series", name][0]) for name in names]

    common = {"zone_code", "zone_name", "period", "period_start", "period_end"}
    first = names[0]
    of_first = lambda name: name == first or (name.startswith(first + "_") and name not in common)  # noqa: E731

    further = {}
    maps = [table for table, kind, _ in contents if kind == "features" and (table, "status") in described]
    for table in maps:
        for name, kind in columns(table):
            if name not in EVERY_MAP and not name.startswith("change_"):
                further.setdefault((name, kind, described[table, name][1]), []).append(table)
    more = [row("column", "type", "maps", "meaning"), row("---", "---", "---", "---")]
    for (name, kind, text), tables in further.items():
        more.append(row(f"`{name}`", kind, ", ".join(f"`{table}`" for table in tables[:3]) + (" …" if len(tables) > 3 else ""), text))
    blocks = {
        "further": more,
        "derived": studies(contents, listed, DERIVED),
        "layers": layers,
        "map": listed("job_seeker_rate"),
        "quartiers": listed("quartiers"),
        "series": listed("series", lambda name: name in common)
        + listed("series", of_first, lambda name: "<measure>" + name[len(first):])[2:],
        "measures": measures,
        "studies": studies(contents, listed),
    }
    path = pathlib.Path(__file__).with_name("formats.md")
    page = path.read_text(encoding="utf-8")
    for name, lines in blocks.items():
        page, n = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m: m.group(1) + "\n".join(lines) + "\n" + m.group(2), page, flags=re.S)
        if n != 1:
            sys.exit(f"{path} has {n} places for {name}")
    path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
