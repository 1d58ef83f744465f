//! Tries every seed on its target, and keeps targets, seeds and dictionaries together.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use huntcase_fuzz::TARGETS;

/// A seed is small, so that changes to it are small steps.
const LARGEST: usize = 2048;

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names in a folder, in order.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The seeds of a target. What a fuzzer adds has no ending.
fn seeds(target: &str) -> Vec<PathBuf> {
    let folder = here("corpus").join(target);
    names(&folder).into_iter().filter(|name| name.contains('.')).map(|name| folder.join(name)).collect()
}

#[test]
fn what_must_hold_of_parsers_holds_of_every_seed() {
    for (name, target) in TARGETS {
        for seed in seeds(name) {
            println!("{}", seed.display());
            target(&std::fs::read(&seed).unwrap());
        }
    }
}

#[test]
fn every_target_has_a_program_and_a_few_small_seeds() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let programs = names(&here("fuzz_targets"));
    assert_eq!(programs, targets.iter().map(|name| format!("{name}.rs")).collect());
    let manifest = std::fs::read_to_string(here("Cargo.toml")).unwrap();
    assert_eq!(manifest.matches("[[bin]]").count(), targets.len());
    assert_eq!(names(&here("corpus")), targets);
    for target in &targets {
        let program = std::fs::read_to_string(here("fuzz_targets").join(format!("{target}.rs"))).unwrap();
        assert!(program.contains(&format!("huntcase_fuzz::{target}(")), "{target}");
        let seeds = seeds(target);
        assert!((3..=20).contains(&seeds.len()), "{target} has {} seeds", seeds.len());
        for seed in seeds {
            let size = std::fs::metadata(&seed).unwrap().len() as usize;
            assert!(size <= LARGEST, "{}: {size} bytes", seed.display());
        }
    }
}

#[test]
fn every_dictionary_is_of_a_target() {
    for name in names(&here("dictionaries")) {
        let target = name.strip_suffix(".dict").unwrap_or(&name);
        assert!(TARGETS.iter().any(|(known, _)| *known == target), "{name}");
    }
}
