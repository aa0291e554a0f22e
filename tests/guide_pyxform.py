"""Converts an XLSForm as KoboToolbox and ODK do, with pyxform, and says what is in it as one line of JSON.

    python3 tests/guide_pyxform.py layers/guides/catalyse.xlsx

pyxform is looked for in target/pyxform, where `./setup --install --tests` puts it. The status is 77 where there is none.
"""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "target" / "pyxform"))
try:
    from pyxform.xls2xform import convert
except ImportError as missing:
    print(missing)
    sys.exit(77)

warnings = []
# ODK Validate is a Java program: it is not asked.
form = convert(xlsform=sys.argv[1], validate=False, warnings=warnings)
body = form.xform.split("<h:body>")[1]
instances = dict(re.findall(r'<instance id="([^"]+)"><root>(.*?)</root>', form.xform, flags=re.S))
lists = {name: re.findall(r"<name>([^<]*)</name>", content) for name, content in instances.items()}
questions = {
    path.rsplit("/", 1)[1]: {"theme": path.split("/")[2], "several": tag == "select", "answers": lists.get(name)}
    for tag, path, name in re.findall(r'<(select1|select|input) ref="([^"]+)">.*?(?:instance\(\'([^\']+)\'\).*?)?</\1>', body, flags=re.S)
}
print(
    json.dumps(
        {
            "warnings": warnings,
            "themes": re.findall(r'<group ref="/\w+/(\w+)">', body),
            "languages": re.findall(r'<translation lang="([^"]+)"', form.xform),
            "relevant": len(re.findall(r'<bind [^>]*relevant="', form.xform)),
            "questions": questions,
        }
    )
)
