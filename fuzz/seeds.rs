//! The seeds of the corpus: small inputs of each kind, good ones and some with a fault, written here and not copied from anywhere.
//!
//! `BLESS=1 cargo test --release --test fuzz_corpus` writes them; the same test says where a file is missing.

use std::path::Path;

use polars::prelude::{Column, DataFrame};
use polars_io::prelude::ParquetWriter;

/// A seed: its target, its name, its bytes.
pub type Seed = (&'static str, String, Vec<u8>);

fn numbered(target: &'static str, list: &[&str]) -> Vec<Seed> {
    list.iter().enumerate().map(|(i, text)| (target, format!("seed-{i:02}"), text.as_bytes().to_vec())).collect()
}

/// The same, with the byte in front that says what the rest is.
fn marked(target: &'static str, list: &[(u8, &str)]) -> Vec<Seed> {
    let bytes = |(mark, text): &(u8, &str)| [&[*mark][..], text.as_bytes()].concat();
    list.iter().enumerate().map(|(i, seed)| (target, format!("seed-{i:02}"), bytes(seed))).collect()
}

/// The seeds that are made of the texts below.
pub fn seeds() -> Vec<Seed> {
    [small_texts(), records(), geometry(), workbooks(), parquet()].concat()
}

/// Files of the project that are good seeds as they were once; they may have changed since.
pub fn copies(project: &Path) -> Vec<Seed> {
    let text = |path: &str| std::fs::read(project.join(path)).expect("the file is in the project");
    let mut copies = Vec::new();
    for example in ["valmont", "saint-nicolas", "seraing"] {
        copies.push(("config", format!("example-{example}"), text(&format!("examples/{example}/observatory.toml"))));
    }
    // The first byte says which file of a catalog it is.
    for (mark, path) in [
        (0_u8, "layers/themes/employment/long_term_rate.toml"),
        (1, "layers/themes/employment/theme.toml"),
        (2, "layers/styles/quantiles_red.toml"),
        (3, "layers/disclosure/default.toml"),
    ] {
        copies.push(("catalog", path.replace('/', "-"), [&[mark][..], &text(path)].concat()));
    }
    copies.push(("crosswalk", "valmont".to_owned(), text("layers/territories/valmont/crosswalk.csv")));
    copies
}

fn small_texts() -> Vec<Seed> {
    [
        numbered(
            "numbers",
            &["0", "-0", "151234.56", "151234,56", "1e400", "nan", "1.900,40", "9007199254740993", "-.5e-3", " 7 ", "\"1\""],
        ),
        numbered(
            "weights",
            &[
                "3\nA01 1\nA_02\nA_02 1\nA01\nA03 0\n\n",
                "0 3 Unknown Unknown\nA01 A02 0.25\nA_02 A01 2\n",
                "0 3 zones code\nA01 2\nA_02 A03\nA_02 0\nA03 0\n",
                "3\nA01 99999999999999999999\n",
                "0 3 a b\nA01 A03 1e999\nA03 A01 -1\n",
            ],
        ),
        numbered("crosswalk", &["quartier;name;sector\n01;Centre;A1\n", "quartier,name,sector,weight\n1,a,A,0.5\n2,b,A,0.6\n", "sector\n"]),
        numbered(
            "relevance",
            &[
                "${age} >= 18 and selected(${helps}, 'family')",
                "not(${a} = 'yes') or (${b} > 3 and ${b} < 10)",
                "if(${a} = 1, 'x', string(2)) != coalesce(${b}, \"\")",
                "count-selected(.) <= 3 and string-length(${c}) > 0",
                "-(-${a}) * 2 + 7 div 2 - 5 mod 3 = int('4')",
                "((((((((${a}))))))))",
                "regex(., '^[0-9]+$') or once(today())",
            ],
        ),
        numbered(
            "names",
            &[
                "long_term_rate",
                "../../etc/passwd",
                "CON",
                "a\"b; DROP TABLE x",
                "L'Esp\u{e9}rance",
                "\u{202e}abc",
                "title = { fr = \"a\", en = \"b\" }",
            ],
        ),
        numbered(
            "crs",
            &[
                "urn:ogc:def:crs:EPSG::31370",
                "EPSG:3812",
                "urn:ogc:def:crs:OGC:1.3:CRS84",
                "EPSG:99999999",
                "+proj=lcc +lat_1=51 +datum=WGS84",
                "PROJCS[\"x\",GEOGCS[\"y\"]]",
                "ESRI:102100",
            ],
        ),
        numbered("config", &["title = \"a\"\n", "[periods]\nfirst = \"0001-Q1\"\nlast = \"9999-Q4\"\n", "a = [[[[[[[[]]]]]]]]\n"]),
    ]
    .concat()
}

fn records() -> Vec<Seed> {
    let persons = "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o\n1,2003-Q1,1970-02-28,33,z,2001-05-01,21,J,A1,,,,,,\n2,2003T2,,44,,,0,no,,5.1,50.5,Rue Haute,12,4100,Centre\n3,2003-05-17,1850-01-01,-1,q,2150-12-31,1e9,1,,x,,,,,\n";
    let counts = "a;b;d;f;g;h;i\n120;2003-Q1;11;60;7;60;A1\n3,5;2003-Q9;;1;;2;\n\"1 200\";31/12/2003;1;1;1;1;A2\n";
    let interviews =
        "a,b,c,d,e,f,g,h,i,j,k,l,m,n\n1,yes,03/04/03,2003,p,4,5,x,A1,5.1,50.5,Rue Haute,12,4100\n1,,31/02/03,2003,p,,,,A1,,,,,\n";
    [
        marked("records", &[(0, persons), (1, counts), (2, interviews)]),
        marked(
            "csv",
            &[
                (0, "a,b\n1,2\n3,4\n"),
                (0, "a;b;c\r\n1,5;\"x;y\";\r\n;;\r\n"),
                (0, "\u{feff}a\tb\n\"un\"\"quoted\"\t1.900,40\n"),
                (0, "a,b\n\"never closed,2\n"),
                (0, "a,a\n1\n1,2,3\n"),
                (2, "a,b\n\u{e9},\u{65}\u{301}\n"),
                (3, "a|b\n1|2\n"),
                (17, "a,b\n=1+1,@x\n"),
            ],
        ),
    ]
    .concat()
}

fn geometry() -> Vec<Seed> {
    let file = |crs: &str, features: &str| {
        format!(r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{crs}"}}}},"features":[{features}]}}"#)
    };
    let zone = |code: &str, kind: &str, coordinates: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}","name":"n"}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        )
    };
    let square = "[[[200000,100000],[200010,100000],[200010,100010],[200000,100010],[200000,100000]]]";
    let beside = "[[[[200010,100000],[200020,100000],[200020,100010],[200010,100010],[200010,100000]]]]";
    let bowtie = "[[[200000,100000],[200010,100010],[200010,100000],[200000,100010],[200000,100000]]]";
    let hole = "[[[200000,100000],[200010,100000],[200010,100010],[200000,100010],[200000,100000]],[[200002,100002],[200002,100004],[200004,100004],[200002,100002]]]";
    let lambert = "urn:ogc:def:crs:EPSG::31370";
    let outlines = [
        file(lambert, &[zone("A1", "Polygon", square), zone("A2", "MultiPolygon", beside)].join(",")),
        file(lambert, &[zone("A1", "Polygon", bowtie), zone("A1", "Polygon", hole)].join(",")),
        file(lambert, &zone("A1", "GeometryCollection", "[]")),
        file("EPSG:4326", &zone("A1", "Polygon", "[[[5,50],[5.1,50,7],[5.1,50.1],[1e308,50],[5,50]]]")),
        r#"{"type":"Polygon","coordinates":[[[5,50],[5.1,50],[5.1,50.1]]]}"#.to_owned(),
        file(lambert, &zone("A1", "Polygon", "[[[[[[[[[[]]]]]]]]]]")),
    ];
    let ring = |places: &[(f64, f64)], code: u32, little: bool| {
        let number = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut wkb = vec![u8::from(little)];
        wkb.extend([number(code), number(1), number(u32::try_from(places.len()).expect("few places"))].concat());
        for ordinate in places.iter().flat_map(|(x, y)| [*x, *y]) {
            wkb.extend(if little { ordinate.to_le_bytes() } else { ordinate.to_be_bytes() });
        }
        wkb
    };
    let triangle = [(0.0, 0.0), (4.0, 0.0), (0.0, 3.0), (0.0, 0.0)];
    let plain = ring(&triangle, 3, true);
    let multi = [&[1, 6, 0, 0, 0, 1, 0, 0, 0][..], &plain].concat();
    let head = [b"GP\0\x03".as_slice(), &31370_u32.to_le_bytes(), &[0; 32]].concat();
    let mut seeds = numbered("outlines", &outlines.each_ref().map(String::as_str));
    let mut add = |target, name: &str, bytes: Vec<u8>| seeds.push((target, name.to_owned(), bytes));
    add("wkb", "plain", plain.clone());
    add("wkb", "big-endian", ring(&triangle, 3, false));
    add("wkb", "multi", multi.clone());
    add("wkb", "claims", [&plain[..9], &[255; 4]].concat());
    add("geopackage", "geometry", [&[1][..], &head, &multi].concat());
    add("geopackage", "no-geometry", [&[1][..], &head[..8]].concat());
    add("geopackage", "changes", vec![2, 0, 18, 9, 3, 0, 255, 128, 40, 65]);
    add("geopackage", "header-alone", [&[0][..], b"SQLite format 3\0"].concat());
    add("overlay", "squares-apart", vec![0, 4, 0, 0, 9, 0, 9, 9, 0, 9, 20, 0, 29, 0, 29, 9, 20, 9]);
    add("overlay", "squares-across", vec![0, 4, 0, 0, 9, 0, 9, 9, 0, 9, 5, 5, 15, 5, 15, 15, 5, 15]);
    add("overlay", "border-shared", vec![2, 4, 0, 0, 9, 0, 9, 9, 0, 9, 9, 2, 15, 2, 15, 7, 9, 7]);
    // Found by this target: the ring runs back over its first edge, and its area came out below 0.
    add("overlay", "regression-spike", vec![2, 0, 0, 0, 215, 0, 0, 0, 8, 0, 1, 255]);
    seeds
}

fn workbooks() -> Vec<Seed> {
    let cell = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let row = |at: usize, cells: &[&str]| {
        let cells: String = cells.iter().zip('A'..='Z').map(|(text, column)| cell(&format!("{column}{at}"), text)).collect();
        format!(r#"<row r="{at}">{cells}</row>"#)
    };
    let sheet = |rows: &[&[&str]]| {
        let rows: String = rows.iter().enumerate().map(|(i, cells)| row(i + 1, cells)).collect();
        format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#)
    };
    let survey = sheet(&[
        &["type", "name", "label::Fran\u{e7}ais (fr)", "relevant", "constraint"],
        &["begin_group", "health", "Sant\u{e9}"],
        &["select_one yn", "ill", "Malade ?", "", ""],
        &["select_multiple yn or_other", "who", "Qui ?", "${ill} = 'yes'"],
        &["integer", "age", "\u{c2}ge", "", ". &gt;= 0 and . &lt; 120"],
        &["end_group"],
        &["calculate", "x"],
    ]);
    let choices = sheet(&[&["list_name", "name", "label"], &["yn", "yes", "Oui"], &["yn", "no", "Non"]]);
    let strings = r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>a</t></si><si><t>b</t></si></sst>"#;
    let numbers = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2"><v>1.5</v></c><c r="B2" t="b"><v>1</v></c></row><row r="9"><c r="A9" t="e"><v>#DIV/0!</v></c><c r="B9" s="1"><v>38000</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>"#;
    let styles = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let workbook = [numbers, "", strings, styles].join("\n--part--\n");
    let form = [survey.as_str(), &choices].join("\n--part--\n");
    let csv = "csurvey,type,name,label\n,select_one yn,ill,Malade\n,integer,age,\u{c2}ge\nchoices,list_name,name,label\n,yn,yes,Oui\n,yn,no,Non\n";
    let mut seeds = numbered("workbook", &[&workbook, &form, "PK\u{3}\u{4}", numbers]);
    seeds.extend(numbered("guide", &[&form, &survey, csv, "PK\u{3}\u{4}"]));
    seeds
}

fn parquet() -> Vec<Seed> {
    let mut frame = DataFrame::new(
        3,
        vec![
            Column::new("x".into(), [1.5, f64::NAN, 3.0]),
            Column::new("y".into(), [Some(2.0), None, Some(-0.0)]),
            Column::new("code".into(), ["A1", "", "A2"]),
            Column::new("count".into(), [1_i64, i64::MAX, -1]),
            Column::new("flag".into(), [true, false, true]),
        ],
    )
    .expect("the columns have one length");
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).expect("bytes can be written");
    let cut = bytes[..bytes.len() - 9].to_vec();
    vec![("parquet", "columns".to_owned(), bytes), ("parquet", "cut".to_owned(), cut)]
}
