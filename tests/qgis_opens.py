#!/usr/bin/python3
"""Opens a release in headless QGIS, as a geographer would, and says in one line of JSON what it found.

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/qgis_opens.py RELEASE [--png FOLDER]

Exit code 0: all holds; 1: `problems` lists what does not; 77: QGIS is not installed here.
"""
import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
try:
    from qgis.core import (
        QgsApplication, QgsDateTimeRange, QgsFeatureRequest, QgsMapRendererParallelJob, QgsMapSettings, QgsProject, QgsVectorLayer,
        QgsVectorLayerTemporalContext, QgsUnitTypes, Qgis,
    )
    from qgis.PyQt.QtCore import QDate, QDateTime, QSize, Qt, QTime
    from qgis.PyQt.QtGui import QColor
except ImportError as error:
    print(json.dumps({"skipped": str(error)}))
    sys.exit(77)

PROBLEMS = []


def expect(condition, message):
    if not condition:
        PROBLEMS.append(message)
    return bool(condition)


def tables(gpkg):
    """What the package says it holds, read without GDAL or QGIS."""
    with sqlite3.connect(f"file:{gpkg}?mode=ro", uri=True) as db:
        contents = dict(db.execute("SELECT table_name, data_type FROM gpkg_contents WHERE table_name <> 'layer_styles'"))
        views = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
        styles = db.execute("SELECT f_table_catalog, f_table_schema, f_table_name FROM layer_styles").fetchall()
        described = {(t, c): (title, constraint) for t, c, title, constraint in db.execute(
            "SELECT table_name, column_name, title, constraint_name FROM gpkg_data_columns")}
        integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
        projects = [name for (name,) in db.execute("SELECT name FROM qgis_projects")]
        srs = db.execute("SELECT DISTINCT srs_id FROM gpkg_geometry_columns WHERE srs_id <> -1").fetchall()
        # Planes and trees lie in no place on earth.
        pictures = {name for (name,) in db.execute("SELECT table_name FROM gpkg_geometry_columns WHERE srs_id = -1")}
    return contents, views, styles, described, integrity, projects, srs, pictures


def check_package(gpkg, found):
    contents, views, styles, described, integrity, projects, srs, pictures = tables(gpkg)
    expect(integrity == "ok", f"integrity_check: {integrity}")
    expect(len(srs) == 1, f"the layers are in several CRS: {srs}")
    found["crs"] = f"EPSG:{srs[0][0]}"
    for catalog, schema, table in styles:
        # With NULL in place of the empty text QGIS does not find the style.
        expect(catalog == "" and schema == "", f"layer_styles of {table}: catalog and schema are {catalog!r} and {schema!r}")
    found["layers"] = {}
    for table, kind in sorted(contents.items()):
        layer = QgsVectorLayer(f"{gpkg}|layername={table}", table, "ogr")
        if not expect(layer.isValid(), f"{table}: not valid"):
            continue
        message, styled = layer.loadDefaultStyle()
        expect(styled, f"{table}: no default style ({message})")
        info = {"rows": layer.featureCount(), "fields": layer.fields().count(), "view": table in views}
        if kind == "features":
            at = "" if table in pictures else found["crs"]
            expect(layer.crs().authid() == at, f"{table}: CRS {layer.crs().authid()}")
            broken = [f.id() for f in layer.getFeatures() if f.geometry().isNull() or not f.geometry().isGeosValid()]
            expect(not broken, f"{table}: {len(broken)} geometries are missing or invalid")
            ids = [f.id() for f in layer.getFeatures()]
            expect(len(set(ids)) == layer.featureCount(), f"{table}: keys are not unique")
            renderer = layer.renderer()
            info["renderer"] = renderer.type()
            info["labels"] = layer.labelsEnabled()
            if renderer.type() == "RuleRenderer":
                rules = renderer.rootRule().children()
                info["rules"] = [rule.label() for rule in rules]
                for rule in rules:
                    expect(not rule.filter() or not rule.filter().hasParserError(), f"{table}: rule {rule.filterExpression()}")
                    expect(rule.symbol() is not None, f"{table}: the rule {rule.label()} has no symbol")
        else:
            expect(not layer.isSpatial(), f"{table}: an attribute table with outlines")
        for index, field in enumerate(layer.fields()):
            if field.name().lower() in ("fid", "ogc_fid"):
                continue
            title, constraint = described.get((table, field.name()), (None, None))
            if expect(title, f"{table}.{field.name()}: not described"):
                expect(layer.attributeAlias(index) == title, f"{table}.{field.name()}: alias {layer.attributeAlias(index)!r}, title {title!r}")
            if constraint:
                widget = layer.editorWidgetSetup(index)
                expect(widget.type() == "ValueMap", f"{table}.{field.name()}: widget {widget.type()}")
                expect(len(widget.config().get("map", [])) == 4, f"{table}.{field.name()}: {widget.config()}")
        metadata = layer.metadata()
        if expect(metadata.title() and metadata.abstract(), f"{table}: no QGIS metadata"):
            expect(metadata.crs().authid() == found["crs"], f"{table}: metadata without CRS")
        found["layers"][table] = info
    return projects


def check_project(uri, kind, found, folder):
    project = QgsProject.instance()
    project.clear()
    if not expect(project.read(uri), f"{kind}: {project.error()}"):
        return
    expect(project.crs().isValid() and project.crs().authid() == found["crs"], f"{kind}: project CRS {project.crs().authid()!r}")
    layers = project.mapLayers()
    expect(layers, f"{kind}: no layer")
    for key, layer in layers.items():
        expect(layer.isValid(), f"{kind}: {key} not valid ({layer.source()})")
        expect(key.startswith("optima_layer_"), f"{kind}: QGIS replaced the identifier of {layer.name()} by {key}")
        expect(os.path.realpath(layer.source().split("|")[0]).startswith(os.path.realpath(folder)), f"{kind}: {layer.source()} is elsewhere")
    tree = project.layerTreeRoot().findLayerIds()
    expect(sorted(tree) == sorted(layers), f"{kind}: tree and layers differ")
    themes = project.mapThemeCollection()
    names = themes.mapThemes()
    expect(names, f"{kind}: no map theme")
    for name in names:
        ids = themes.mapThemeVisibleLayerIds(name)
        expect(len(ids) == 1 and ids[0] in layers, f"{kind}: theme {name} shows {ids}")
    temporal = {key: layer for key, layer in layers.items() if layer.isSpatial() and layer.temporalProperties().isActive()}
    steps = 0
    if any(info["view"] for info in found["layers"].values()):
        expect(temporal, f"{kind}: no layer over time")
        span = project.timeSettings().temporalRange()
        expect(span.begin().isValid() and span.end().isValid(), f"{kind}: no time range")
        expect(project.timeSettings().timeStep() == 3 and project.timeSettings().timeStepUnit() == QgsUnitTypes.TemporalMonths,
               f"{kind}: step {project.timeSettings().timeStep()} {project.timeSettings().timeStepUnit()}")
        day = span.begin().date()
        while day < span.end().date():
            after = day.addMonths(3)
            steps += 1
            frame = QgsDateTimeRange(QDateTime(day, QTime(0, 0), Qt.UTC), QDateTime(after, QTime(0, 0), Qt.UTC), True, False)
            for key, layer in list(temporal.items())[:1]:
                context = QgsVectorLayerTemporalContext()
                context.setLayer(layer)
                request = QgsFeatureRequest().setFilterExpression(layer.temporalProperties().createFilterString(context, frame))
                periods = {f["period"] for f in layer.getFeatures(request)}
                expect(len(periods) == 1, f"{kind}: the frame from {day.toString('yyyy-MM-dd')} shows {sorted(periods)}")
            day = after
    relations = project.relationManager().relations()
    for relation in relations.values():
        expect(relation.isValid(), f"{kind}: relation {relation.name()} not valid")
    found[kind] = {
        "title": project.title(), "layers": len(layers), "themes": names, "temporal": len(temporal), "frames": steps,
        "relations": len(relations), "groups": [g.name() for g in project.layerTreeRoot().children()],
    }


def render(folder):
    """Each theme as a picture; says how many different colors it holds, so that an empty map is noticed."""
    project = QgsProject.instance()
    themes = project.mapThemeCollection()
    os.makedirs(folder, exist_ok=True)
    pictures = {}
    for number, name in enumerate(themes.mapThemes(), 1):
        layers = themes.mapThemeVisibleLayers(name)
        settings = QgsMapSettings()
        settings.setLayers(layers)
        settings.setLayerStyleOverrides(themes.mapThemeStyleOverrides(name))
        settings.setDestinationCrs(project.crs())
        settings.setBackgroundColor(QColor("white"))
        settings.setOutputSize(QSize(1200, 900))
        settings.setOutputDpi(110)
        settings.setExtent(layers[0].extent().buffered(layers[0].extent().width() * 0.04))
        if layers[0].temporalProperties().isActive():
            end = project.timeSettings().temporalRange().end().date()
            settings.setIsTemporal(True)
            settings.setTemporalRange(QgsDateTimeRange(
                QDateTime(end.addMonths(-3), QTime(0, 0), Qt.UTC), QDateTime(end, QTime(0, 0), Qt.UTC), True, False))
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        expect(not job.errors(), f"{name}: {[e.message for e in job.errors()]}")
        image = job.renderedImage()
        colors = {image.pixel(x, y) for x in range(0, 1200, 7) for y in range(0, 900, 7)}
        expect(len(colors) > 3, f"{name}: the map is empty")
        path = os.path.join(folder, f"{number:02}-{''.join(c if c.isalnum() else '_' for c in name)}.png")
        image.save(path)
        pictures[name] = path
    return pictures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("release")
    parser.add_argument("--png")
    arguments = parser.parse_args()
    app = QgsApplication([], False)
    app.initQgis()
    found = {"qgis": Qgis.QGIS_VERSION}
    with tempfile.TemporaryDirectory() as elsewhere:
        # QGIS writes beside a GeoPackage that it opens: the release itself is left alone.
        folder = os.path.join(elsewhere, "as built")
        shutil.copytree(arguments.release, folder)
        packages = sorted(name for name in os.listdir(folder) if name.endswith(".gpkg"))
        if expect(len(packages) == 1, f"expected one GeoPackage, found {packages}"):
            gpkg = os.path.join(folder, packages[0])
            projects = check_package(gpkg, found)
            expect(len(projects) == 1, f"expected one stored project, found {projects}")
            for name in projects:
                check_project(f"geopackage:{gpkg}?projectName={name}", "stored", found, folder)
            QgsProject.instance().clear()
            moved = os.path.join(elsewhere, "moved é", "release")
            os.makedirs(os.path.dirname(moved))
            os.rename(folder, moved)
            archives = sorted(name for name in os.listdir(moved) if name.endswith(".qgz"))
            expect(len(archives) == 1, f"expected one .qgz, found {archives}")
            for name in archives:
                check_project(os.path.join(moved, name), "qgz", found, moved)
            with tempfile.TemporaryDirectory() as pictures:
                found["pictures"] = render(arguments.png or pictures)
            for key in projects:
                check_project(f"geopackage:{os.path.join(moved, packages[0])}?projectName={key}", "stored_moved", found, moved)
            expect(found.get("stored") == found.get("qgz") == found.get("stored_moved"), "the projects differ")
        QgsProject.instance().clear()
    found["problems"] = PROBLEMS
    print(json.dumps(found, ensure_ascii=False))
    sys.stdout.flush()
    # QGIS may crash while it is taken apart; all has been said.
    os._exit(1 if PROBLEMS else 0)


if __name__ == "__main__":
    main()
