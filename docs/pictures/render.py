#!/usr/bin/python3
"""Draws one map of a release as a page: QGIS's own layout, with the styles, title and legend that the release carries.

    /usr/bin/python3 docs/pictures/render.py RELEASE LAYER PICTURE.png

Needs python3-qgis; no screen. The pictures of README.md were made with it from a build of examples/seraing.
"""
import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (  # noqa: E402
    QgsApplication, QgsLayoutExporter, QgsLayoutItemLabel, QgsLayoutItemLegend, QgsLayoutItemMap, QgsLayoutPoint, QgsLayoutSize,
    QgsLegendRenderer, QgsLegendStyle, QgsPrintLayout, QgsProject, QgsRectangle, QgsUnitTypes,
)
from qgis.PyQt.QtCore import Qt  # noqa: E402
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QImage  # noqa: E402

PAGE = (250.0, 176.0)  # millimeters
MAP = (6.0, 6.0, 158.0, 164.0)  # left, top, width, height
SIDE = (170.0, 74.0)  # left, width of the column beside the map
DPI = 150
POINT = 25.4 / 72  # millimeters
FONT = "DejaVu Sans"
INK, SOFT = QColor("#1d1d1f"), QColor("#5f6368")


def text(layout, words, y, size, color=INK, bold=False):
    """A block of the side column; gives where it ends."""
    font = QFont(FONT)
    font.setPointSizeF(size)
    font.setBold(bold)
    label = QgsLayoutItemLabel(layout)
    label.setText(words)
    label.setFont(font)
    label.setFontColor(color)
    label.setHAlign(Qt.AlignLeft)
    label.setVAlign(Qt.AlignTop)
    label.setMarginX(0)
    height = lines(words, font) * size * POINT * 1.25 + 1
    layout.addLayoutItem(label)
    label.attemptMove(QgsLayoutPoint(SIDE[0], y, QgsUnitTypes.LayoutMillimeters))
    label.attemptResize(QgsLayoutSize(SIDE[1], height, QgsUnitTypes.LayoutMillimeters))
    return y + height


def lines(words, font):
    """How many lines the words take in the side column."""
    large = QFont(font)
    large.setPixelSize(200)
    metrics = QFontMetricsF(large)
    millimeters = lambda piece: metrics.horizontalAdvance(piece) / 200 * font.pointSizeF() * POINT * 1.02  # noqa: E731
    count = 0
    for paragraph in words.split("\n"):
        count, line = count + 1, ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}".strip()
            if millimeters(longer) > SIDE[1] - 1 and line:
                count, line = count + 1, word
            else:
                line = longer
    return count


def framed(layer):
    """The outlines with some air, in the proportions of the map on the page."""
    box = layer.extent()
    box.scale(1.06)
    ratio = MAP[2] / MAP[3]
    width, height = max(box.width(), box.height() * ratio), max(box.height(), box.width() / ratio)
    x, y = box.center().x(), box.center().y()
    return QgsRectangle(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def legend(layout, layer, y):
    """The classes and signs of the layer's own style."""
    item = QgsLayoutItemLegend(layout)
    item.setAutoUpdateModel(False)
    root = item.model().rootGroup()
    root.clear()
    QgsLegendRenderer.setNodeLegendStyle(root.addLayer(layer), QgsLegendStyle.Hidden)
    font = QFont(FONT)
    font.setPointSizeF(8.5)
    item.setStyleFont(QgsLegendStyle.SymbolLabel, font)
    item.setFontColor(INK)
    item.setSymbolWidth(8)
    item.setSymbolHeight(4.8)
    item.setBoxSpace(0)
    item.setBackgroundEnabled(False)
    item.rstyle(QgsLegendStyle.Symbol).setMargin(QgsLegendStyle.Top, 1.7)
    layout.addLayoutItem(item)
    item.attemptMove(QgsLayoutPoint(SIDE[0], y, QgsUnitTypes.LayoutMillimeters))
    item.adjustBoxSize()
    # The item knows its size when it is drawn; a row is a symbol and the space above it.
    return y + len(layer.renderer().legendSymbolItems()) * (4.8 + 1.7)


def indexed(image):
    """The picture in its 256 most frequent colors: a third of the bytes, and no color of a class is changed."""
    image = image.convertToFormat(QImage.Format_RGB32)
    pixels = image.constBits()
    pixels.setsize(image.sizeInBytes())
    frequent = [color for color, _ in Counter(memoryview(bytes(pixels)).cast("I")).most_common(256)]
    return image.convertToFormat(QImage.Format_Indexed8, frequent, Qt.ThresholdDither)


def page(project, layer):
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(*PAGE, QgsUnitTypes.LayoutMillimeters))
    drawn = QgsLayoutItemMap(layout)
    layout.addLayoutItem(drawn)
    drawn.attemptMove(QgsLayoutPoint(MAP[0], MAP[1], QgsUnitTypes.LayoutMillimeters))
    drawn.attemptResize(QgsLayoutSize(MAP[2], MAP[3], QgsUnitTypes.LayoutMillimeters))
    drawn.setLayers([layer])
    drawn.setKeepLayerSet(True)
    drawn.setExtent(framed(layer))
    drawn.setBackgroundColor(QColor("#f6f5f1"))
    drawn.setFrameEnabled(True)
    drawn.setFrameStrokeColor(QColor("#c9c6bd"))

    title, _, marks = layer.name().partition(" (")
    name, _, period = title.rpartition(", ")
    lines = layer.abstract().splitlines()
    say = lambda start: next((line for line in lines if line.startswith(start)), "")  # noqa: E731
    heading = layer.attributeAlias(layer.fields().indexOf("value"))
    y = text(layout, project.title().partition(" (")[0], 7, 8.5, SOFT)
    y = text(layout, name, y + 1, 13, bold=True)
    y = text(layout, period, y + 1, 11)
    y = text(layout, marks.rstrip(")").capitalize(), y + 1, 7.5, QColor("#b00020"), bold=True)
    y = text(layout, heading, y + 7, 8.5, bold=True)
    y = legend(layout, layer, y + 1)
    text(layout, say("Comment lire"), y + 6, 7, SOFT)
    small = "\n".join(line for line in (say("Source"), say("Système"), say("Date de")) if line)
    text(layout, small, 152, 6.5, SOFT)
    return layout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("release")
    parser.add_argument("layer")
    parser.add_argument("picture")
    arguments = parser.parse_args()
    app = QgsApplication([], False)
    app.initQgis()
    project = QgsProject.instance()
    with tempfile.TemporaryDirectory() as elsewhere:
        # QGIS writes beside a GeoPackage that it opens: the release itself is left alone.
        folder = os.path.join(elsewhere, "release")
        shutil.copytree(arguments.release, folder)
        archive = next(name for name in sorted(os.listdir(folder)) if name.endswith(".qgz"))
        if not project.read(os.path.join(folder, archive)):
            sys.exit(f"QGIS cannot open {archive}: {project.error()}")
        wanted = f"|layername={arguments.layer}"
        layers = [layer for layer in project.mapLayers().values() if layer.source().endswith(wanted)]
        if not layers:
            sys.exit(f"there is no layer {arguments.layer} in {archive}")
        layout = page(project, layers[0])
        image = QgsLayoutExporter(layout).renderPageToImage(0, dpi=DPI)
        image = indexed(image)
        if not image.save(arguments.picture, "PNG"):
            sys.exit(f"the picture cannot be written: {arguments.picture}")
        print(f"{arguments.picture}: {image.width()} × {image.height()}, {os.path.getsize(arguments.picture)} bytes")
        sys.stdout.flush()
    # QGIS may crash while it is taken apart; the picture is written.
    os._exit(0)


if __name__ == "__main__":
    main()
