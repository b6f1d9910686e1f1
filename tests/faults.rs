//! Each fault that stands between a machine and a meeting is injected, and `conclave doctor` names it, at the step where it is. The
//! table in `docs/locked-down.md` is this one.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod faults {
    pub(crate) mod injected;
    pub(crate) mod stub;
}

use faults::injected::{Case, all};
use serde_json::Value;
use std::sync::Mutex;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/locked-down.md");
const BEGIN: &str = "<!-- faults: made by tests/faults.rs -->\n";
const END: &str = "<!-- end of faults -->\n";
/// Doctors at work at the same time: most of them wait.
const AT_ONCE: usize = 12;

/// What the doctor says of a case, or what is wrong with that.
fn look(case: &Case) -> Result<(), String> {
    let out = case.doctor().args(["--json"]).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    let code = out.status.code();
    if code != Some(case.exit) {
        return Err(format!("{}: exit code {code:?}, not {}: {said}", case.name, case.exit));
    }
    if case.check.is_empty() {
        // It does not come so far as to look.
        return if said.contains(case.says) { Ok(()) } else { Err(format!("{}: no \"{}\" in {said}", case.name, case.says)) };
    }
    let found: Value = serde_json::from_slice(&out.stdout).map_err(|e| format!("{}: {e}: {said}", case.name))?;
    let lines = found["findings"].as_array().unwrap();
    let words = |f: &Value| format!("{} {}", f["text"].as_str().unwrap(), f["advice"].as_str().unwrap_or_default());
    let named = lines.iter().any(|f| f["check"] == case.check && f["status"] != "pass" && words(f).contains(case.says));
    if !named {
        return Err(format!("{}: {} does not say \"{}\": {found:#}", case.name, case.check, case.says));
    }
    // One fault is one finding: nothing else on the way fails.
    let way = ["name", "tcp", "proxy", "tls", "server", "clock"];
    let others = lines.iter().filter(|f| f["status"] == "fail" && f["check"] != case.check);
    match others.filter(|f| way.iter().any(|check| f["check"] == *check)).count() {
        0 => Ok(()),
        _ => Err(format!("{}: something else fails as well: {found:#}", case.name)),
    }
}

#[test]
fn every_fault_is_named_for_what_it_is() {
    let cases = all(BIN);
    assert!(cases.len() >= 40, "{} faults", cases.len());
    let (next, wrong) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(case) = next.lock().unwrap().next() else { break };
                    let failed = look(case).err();
                    wrong.lock().unwrap().extend(failed);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} faults:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
    let mut table = String::from("| what is wrong | step | the doctor says |\n|---|---|---|\n");
    for case in &cases {
        let step = if case.check.is_empty() { "before it looks" } else { case.check };
        table += &format!("| {} | {step} | *… {} …* |\n", case.name, case.says);
    }
    let text = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the table's place");
    let (there, after) = rest.split_once(END).expect("the table's end");
    if std::env::var_os("CONCLAVE_REGENERATE").is_some() {
        std::fs::write(DOCUMENT, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert_eq!(there, table, "docs/locked-down.md: CONCLAVE_REGENERATE=1 cargo test --test faults");
    }
}
