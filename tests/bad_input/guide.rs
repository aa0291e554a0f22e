//! An interview guide that does not hold, or does not fit the interviews: told in full, in both languages, and nobody named.

use crate::town::{INTERVIEWS, SECRET, Town};

const SURVEY: &str = "type,name,label::Français (fr),label::English (en),relevant\n\
    begin_group,housing,Logement,Housing,\n\
    select_one tenure,housing_tenure,Statut,Tenure,\n\
    select_one yes_no,housing_damp,Humidité,Damp,${housing_tenure} != 'owner'\n\
    end_group,,,,\n\
    begin_group,life,Vie,Life,\n\
    select_one yes_no,isolation,Isolement,Isolation,\n\
    select_one yes_no,autonomy_loss,Perte d'autonomie,Loss of autonomy,\n\
    select_one yes_no,school_dropout,Décrochage,Drop-out,\n\
    select_one health,health_self,Santé,Health,\n\
    select_one income,income_source,Revenu,Income,\n\
    end_group,,,,\n";

const CHOICES: &str = "list_name,name,label::Français (fr),label::English (en)\n\
    yes_no,yes,Oui,Yes\nyes_no,no,Non,No\n\
    tenure,owner,Propriétaire,Owner\ntenure,private_tenant,Locataire,Tenant\ntenure,social_tenant,Logement social,Social tenant\n\
    tenure,other,Autre,Other\n\
    health,good,Bonne,Good\nhealth,fair,Moyenne,Fair\nhealth,poor,Mauvaise,Poor\n\
    income,work,Travail,Work\nincome,unemployment,Chômage,Unemployment\nincome,ris,RIS,RIS\nincome,pension,Pension,Pension\n\
    income,other,Autre,Other\n";

/// Valmont with a guide of its questions.
fn town() -> Town {
    let town = Town::new();
    std::fs::create_dir(town.path("guide")).unwrap();
    town.write("guide/survey.csv", SURVEY);
    town.write("guide/choices.csv", CHOICES);
    town.declare("interviews", "guide = \"guide\"");
    town
}

#[test]
fn interviews_that_fit_their_guide_are_read_with_it_and_told_by_partner() {
    let town = town();
    town.accepts(&["guide guide: 2 themes, 7 closed questions or numbers", "partner", "no answer", "maison_medicale"]);
    let report = town.report();
    let interviews = report["sources"].as_array().unwrap().iter().find(|s| s["source"] == "interviews").unwrap();
    let groups = interviews["response"]["groups"].as_array().unwrap();
    let sum = |key: &str| groups.iter().map(|group| group[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!(sum("interviews"), interviews["used"].as_u64().unwrap());
    assert_eq!(sum("answered") + sum("no_answer") + sum("refused") + sum("not_asked"), 7 * sum("interviews"));
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(town.release().join("manifest.json")).unwrap()).unwrap();
    assert!(manifest["inputs"].as_array().unwrap().iter().any(|input| input["name"] == "guide"), "the guide is an input");
}

#[test]
fn a_form_with_mistakes_is_refused_with_all_of_them() {
    let town = town();
    town.write(
        "guide/survey.csv",
        SURVEY.replace("select_one health", "select_one helth").replace("end_group,,,,\nbegin_group,life", "begin_group,life"),
    );
    town.refuses(
        3,
        &["the form does not hold: 2 problems", "has no list \"helth\"", "the group \"housing\" is opened here and never closed"],
    );
}

#[test]
fn every_mistake_of_a_form_has_its_french() {
    let town = town();
    let row = |text: &str| format!("{SURVEY}{text}");
    let spoiled = [
        row("select_one,x,X,X,\n"),
        row("select_one a b c,x,X,X,\n"),
        row("integerr,x,X,X,\n"),
        row("blabla,x,X,X,\n"),
        row(",x,X,X,\n"),
        row("integer,,X,X,\n"),
        row("integer,1 x,X,X,\n"),
        row("integer,x,X,X,\ninteger,x,X,X,\n"),
        row("end_group,,,,\n"),
        row("begin_repeat,x,X,X,\nend_group,,,,\n"),
        row("integer,x,X,X,${lost} = 1\n"),
        row("integer,x,X,X,${x} = 1\n"),
        SURVEY.replacen("type,", "kind,", 1),
        String::new(),
    ];
    for survey in spoiled {
        town.write("guide/survey.csv", &survey);
        town.check(&["--lang", "fr"]).exits(3).is_french().names_nobody();
    }
    town.write("guide/survey.csv", SURVEY);
    for choices in
        [format!("{CHOICES}health,good,Bonne,Good\n"), format!("{CHOICES}health,,Bonne,Good\n"), CHOICES.replacen("list_name", "list", 1)]
    {
        town.write("guide/choices.csv", &choices);
        town.check(&["--lang", "fr"]).exits(3).is_french().names_nobody();
    }
}

#[test]
fn what_a_form_holds_besides_is_told_in_french_too() {
    let town = town();
    let more = "begin_repeat,child,Enfant,Child,\ninteger,years,Âge,Age,\nend_repeat,,,,\nbegin loop over yes_no,l,L,L,\ninteger,n,N,N,\nend loop,,,,\n\
                text,t,T,T,\nnote,note,N,N,\ndate,d,D,D,\ngeopoint,g,G,G,\nimage,i,I,I,\nstart,start,,,\ncalculate,c,,,\nrank yes_no,r,R,R,\n\
                select_one_from_file x.csv,f,F,F,\nselect_one ${isolation},e,E,E,\ninteger,unlabeled,,,\"regex(${t}, 'x')\"\n";
    town.write("guide/survey.csv", format!("{SURVEY}{more}"));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_optima"));
    let run = crate::town::run(command.arg("guide").arg(town.path("guide")).args(["--lang", "fr"]));
    run.exits(0).says(&["Non analysables : 12", "une répétition pose plusieurs fois", "Remarques : 2"]).is_french();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_optima"));
    let run = crate::town::run(command.arg("guide").arg(town.path("guide")).args(["--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((json["questions"].as_array().unwrap().len(), json["left_out"].as_array().unwrap().len()), (8, 12));
    for (name, code) in [("nowhere.xlsx", 3), ("observatory.toml", 3)] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_optima"));
        crate::town::run(command.arg("guide").arg(town.path(name)).args(["--lang", "fr"])).exits(code).is_french();
    }
}

#[test]
fn an_answer_that_the_guide_does_not_have_is_set_aside_and_not_quoted() {
    let town = town();
    town.lines(INTERVIEWS, |lines| lines[1] = lines[1].replace("private_tenant", &format!("chez {SECRET}")));
    town.declare("interviews", "refused = [\"refus\"]");
    town.accepts(&["housing_tenure: not a modality of the guide"]);
    assert_eq!(town.counts("interviews")[2], 1);
}

#[test]
fn a_guide_that_nobody_finds_is_looked_for_in_two_places() {
    let town = Town::new();
    town.declare("interviews", "guide = \"nowhere\"");
    town.refuses(2, &["there is no guide \"nowhere\"", "looked for"]);
}

#[test]
fn declared_questions_and_recodes_that_the_guide_does_not_have_are_refused() {
    let town = town();
    let text = town.text("observatory.toml");
    town.write("observatory.toml", format!("{text}\n[recode.housing_tenure]\nmerge = {{ tenant = [\"private_tenant\", \"squatter\"] }}\n"));
    town.refuses(2, &["recode.housing_tenure: the question has no modality \"squatter\""]);
    town.write(
        "observatory.toml",
        text.replace("[sources.interviews.questions]\n", "[sources.interviews.questions]\nhouse = \"housing_tenure\"\n"),
    );
    town.refuses(2, &["the guide has no question \"house\""]);
    let plain = Town::new();
    plain.declare("interviews", "refused = [\"refus\"]");
    plain.refuses(2, &["this needs a guide"]);
}

#[test]
fn the_sheet_of_a_repeat_is_no_file_of_interviews() {
    let town = town();
    town.lines(INTERVIEWS, |lines| {
        lines[0].push_str(",_parent_index");
        lines.iter_mut().skip(1).for_each(|line| line.push_str(",1"));
    });
    town.refuses(3, &["this is the sheet of a repeat"]);
}

#[test]
fn a_form_that_unpacks_to_more_than_any_form_is_refused() {
    use std::io::Write;
    let town = town();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for part in 0..17 {
        archive.start_file(format!("xl/part{part}.xml"), options).unwrap();
        let zeros = vec![b' '; 1 << 20];
        (0..64).for_each(|_| archive.write_all(&zeros).unwrap());
    }
    town.write("bomb.xlsx", archive.finish().unwrap().into_inner());
    town.edit("observatory.toml", "guide = \"guide\"", "guide = \"bomb.xlsx\"");
    town.refuses(3, &["the workbook unpacks to"]);
}
