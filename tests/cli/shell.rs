//! `huntcase config`, `huntcase completions` and `huntcase man`

use super::support::Folder;

#[test]
fn the_paths_that_are_looked_at_are_printed() {
    let folder = Folder::with_case();
    folder.write("home/config/huntcase/config.toml", "analyst = \"kim\"\nrules = [\"team\"]\n");
    let said = folder.run(&["config", "path"]).code(0).stdout.replace('\\', "/");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "case           case.db");
    assert!(lines[1].ends_with("home/config/huntcase/config.toml"), "{said}");
    assert_eq!(lines[2], "rules          team (not there)");
    assert!(lines[3].ends_with("home/config/huntcase/rules (not there)"), "{said}");
    assert!(lines[4].ends_with("huntcase/rules (not there)"), "{said}");
}

#[test]
fn a_mistake_in_the_configuration_is_named() {
    let folder = Folder::new();
    folder.write("home/config/huntcase/config.toml", "analist = \"kim\"\n");
    let ran = folder.run(&["status"]).code(2);
    assert!(ran.stderr.contains("config.toml") && ran.stderr.contains("analist"), "{}", ran.stderr);
}

#[test]
fn every_shell_has_a_completion_script() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = folder.run(&["completions", shell]).code(0).stdout;
        assert!(script.contains("huntcase") && script.contains("no-formula-guard"), "{shell}");
    }
    folder.run(&["completions", "cobol"]).code(2);
}

#[test]
fn the_manual_page_is_roff() {
    let page = Folder::new().run(&["man"]).code(0).stdout;
    assert!(page.contains(".TH huntcase 1"), "{page}");
}
