//! The layer, against what layer format 4.5 requires.

use huntcase::findings::{Classification, Determination};
use huntcase::report::kinds::Kind;
use serde_json::Value;

use super::sample::{Sample, event};

fn layer(sample: &Sample) -> Value {
    serde_json::from_slice(&sample.write(Kind::Navigator)).unwrap()
}

fn technique<'l>(layer: &'l Value, id: &str) -> &'l Value {
    let techniques = layer["techniques"].as_array().unwrap();
    techniques.iter().find(|one| one["techniqueID"] == id).unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn the_layer_has_what_its_format_requires() {
    let layer = layer(&Sample::hostile());
    assert!(!layer["name"].as_str().unwrap().is_empty());
    assert_eq!(layer["domain"], "enterprise-attack");
    assert_eq!(layer["versions"]["layer"], "4.5");
    assert!(layer["versions"]["navigator"].is_string());
    let gradient = &layer["gradient"];
    assert!(gradient["colors"].as_array().unwrap().len() >= 2);
    assert!(gradient["maxValue"].as_i64().unwrap() > gradient["minValue"].as_i64().unwrap());
    let items = layer["legendItems"].as_array().unwrap();
    assert!(!items.is_empty());
    for item in items {
        assert!(item["label"].is_string() && item["color"].as_str().unwrap().starts_with('#'));
    }
    let lists = layer["techniques"].as_array().unwrap().iter().chain([&layer]);
    let entries: Vec<_> = lists.flat_map(|holder| holder["metadata"].as_array().unwrap()).collect();
    assert!(!entries.is_empty());
    for entry in entries {
        assert!(!entry["name"].as_str().unwrap().is_empty(), "{entry}");
        assert!(!entry["value"].as_str().unwrap().is_empty(), "{entry}");
        assert_eq!(entry.as_object().unwrap().len(), 2, "{entry}");
    }
    let text = layer.to_string();
    assert!(!text.contains(['\u{202e}', '\u{1b}']) && !text.contains("\\u001b"));
}

#[test]
fn a_technique_counts_what_nobody_judged_harmless() {
    let mut rows = Vec::new();
    for (number, device) in (0..4).zip(["a", "b", "c", "d"]) {
        let mut row = event(number, "net user");
        row.insert("DeviceId", device.to_owned());
        row.insert("DeviceName", format!("host-{device}"));
        rows.push(row);
    }
    let sample = Sample::with(&rows);
    assert_eq!(technique(&layer(&sample), "T1059.003")["score"], 4);
    sample.judge(1, Classification::FalsePositive, Determination::NotMalicious);
    sample.judge(2, Classification::InformationalExpectedActivity, Determination::Other);
    sample.judge(3, Classification::TruePositive, Determination::Malware);
    let layer = layer(&sample);
    for id in ["T1059.003", "T1505"] {
        let found = technique(&layer, id);
        assert_eq!(found["score"], 2);
        assert!(found.get("tactic").is_none());
        let comment = found["comment"].as_str().unwrap();
        for words in ["4 findings", "1 true positive", "1 not set", "1 false positive", "4 events"] {
            assert!(comment.contains(words), "{comment}");
        }
        let metadata = found["metadata"].to_string();
        let extract = sample.extract();
        let shells = extract.rules.iter().find(|rule| rule.name == "shells").unwrap();
        let sha256 = &shells.versions[0].sha256;
        assert!(metadata.contains(sha256) && metadata.contains("id-of-shells"), "{metadata}");
        assert!(metadata.contains("host-c") && metadata.contains("Malware"), "{metadata}");
    }
    let untouched = technique(&layer, "T1105");
    assert_eq!(untouched["score"], 0);
    assert_eq!(untouched["comment"], "0 findings");
    assert_eq!(layer["gradient"]["maxValue"], 2);
}

#[test]
fn the_layer_names_the_inputs_and_the_time() {
    let sample = Sample::hostile();
    let layer = layer(&sample);
    let description = layer["description"].as_str().unwrap();
    assert!(description.contains("as of 2026-06-01T00:00:00.0000000Z"), "{description}");
    assert!(description.contains("from 1 input"), "{description}");
    let metadata = layer["metadata"].to_string();
    assert!(metadata.contains(&sample.extract().imports[0].sha256), "{metadata}");
}
