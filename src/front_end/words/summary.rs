//! What a call was, in lines that fit on a screen.

use super::{clock, list, secured, told};
use crate::call::summary::{Attendee, Kept, Summary};
use crate::call::{Role, Security, Standing};
use crate::i18n::{said, tr, word};
use crate::text::clean;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How many people, disturbances and recordings are told; the others are counted. With the other lines: at most 21.
const PEOPLE: usize = 9;
const DISTURBANCES: usize = 4;
const RECORDINGS: usize = 3;
/// Lines in all; how the sound was is told if there is room.
const LINES: usize = 23;

/// The lines, times in this zone.
pub fn summary(s: &Summary, zone: &TimeZone) -> Vec<String> {
    let span = |from: &str, to: Option<&str>| match to {
        Some(to) => tr!("summary-span", from = clock(from, zone), to = clock(to, zone)),
        None => tr!("summary-span-open", from = clock(from, zone)),
    };
    let within = span(&s.from, Some(&s.to));
    let mut lines = vec![tr!("summary-in", room = clean(&s.room), span = within, minutes = minutes(&s.from, &s.to))];
    lines.push(match (s.security, s.unbroken) {
        (Security::EndToEnd, true) => tr!("summary-unbroken"),
        (Security::EndToEnd, false) => tr!("summary-disturbed"),
        (Security::TransportOnly, _) => tr!("summary-transport", security = tr!("security-not-e2ee")),
        (other, _) => tr!("summary-transport", security = secured(other)),
    });
    let disturbances = s.disturbances.iter().map(|d| format!("  {} {}", clock(&d.at, zone), told(&d.text)));
    cut(&mut lines, disturbances.collect(), DISTURBANCES, s.more_disturbances);
    if s.frames_refused > 0 {
        lines.push(tr!("summary-refused", n = s.frames_refused));
    }
    let count = s.people.len() as u64 + s.more_people;
    lines.push(tr!("summary-people", n = count));
    if count > 1 {
        let people = s.people.iter().map(|p| format!("  {}.", person(p, &|p| span(&p.from, p.to.as_deref()))));
        cut(&mut lines, people.collect(), PEOPLE, s.more_people);
    }
    if s.recordings.is_empty() {
        lines.push(tr!("summary-no-recording"));
    }
    let end = |r: &Kept| r.to.clone().unwrap_or_else(|| s.to.clone());
    let kept = |r: &Kept| tr!("summary-recording", name = clean(&r.name), span = span(&r.from, Some(&end(r))));
    cut(&mut lines, s.recordings.iter().map(kept).collect(), RECORDINGS, 0);
    if lines.len() < LINES {
        lines.extend(sound(s));
    }
    lines
}

/// How the sound was, if there is anything to say.
fn sound(s: &Summary) -> Option<String> {
    let text = clean(&s.poor_text);
    let poor = (s.poor > 0).then(|| match text.strip_prefix("poor: ") {
        Some(why) => tr!("summary-poor-because", n = s.poor, why = said(why)),
        None => tr!("summary-poor", n = s.poor, text = text.as_str()),
    });
    let badly = (s.badly_heard > 0).then(|| tr!("summary-badly-heard", n = s.badly_heard));
    let told: Vec<String> = [poor, badly].into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// The first lines, and how many there are more.
fn cut(lines: &mut Vec<String>, mut all: Vec<String>, limit: usize, more: u64) {
    let more = all.len().saturating_sub(limit) as u64 + more;
    all.truncate(limit);
    lines.append(&mut all);
    if more > 0 {
        lines.push(format!("  {}", tr!("summary-more", n = more)));
    }
}

/// ` (43 minutes)`, where it was that long.
fn minutes(from: &str, to: &str) -> String {
    let (Ok(from), Ok(to)) = (from.parse::<Timestamp>(), to.parse::<Timestamp>()) else { return String::new() };
    match (to.as_second() - from.as_second()) / 60 {
        ..=0 => String::new(),
        n => format!(" {}", tr!("summary-minutes", n = n)),
    }
}

fn person(p: &Attendee, span: &dyn Fn(&Attendee) -> String) -> String {
    let name = clean(&p.name);
    let role = match p.role {
        Role::Member => String::new(),
        Role::Moderator => tr!("role-moderator"),
        Role::Creator => tr!("role-creator"),
    };
    if p.me {
        return list([tr!("you", name = name), role]);
    }
    let verified = if p.verified { tr!("summary-verified") } else { String::new() };
    let how = p.how.as_deref().filter(|_| p.to.is_some()).map(|how| word("summary-how", how).unwrap_or_else(|| clean(how)));
    let when = how.map_or_else(|| span(p), |how| format!("{} ({how})", span(p)));
    let stays = if p.stays > 1 { tr!("summary-stays", n = p.stays) } else { String::new() };
    list([name, role, verified, known(&p.standing, p.verified), when, stays])
}

/// How somebody was known, in full words.
fn known(standing: &Standing, verified: bool) -> String {
    match standing {
        Standing::Vouched { subject } => tr!("summary-vouched", subject = clean(subject)),
        Standing::Account { subject } => tr!("summary-account", subject = clean(subject)),
        Standing::Pinned { name } => tr!("summary-known", name = clean(name)),
        Standing::Changed { .. } => tr!("standing-changed"),
        Standing::Guest if !verified => tr!("summary-unverified"),
        Standing::Guest | Standing::Unknown => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::PeerId;
    use crate::call::summary::Disturbance;

    fn at(minute: u32) -> String {
        format!("2026-11-23T10:{minute:02}:00.000Z")
    }

    fn attendee(name: &str, standing: Standing) -> Attendee {
        Attendee {
            id: PeerId(name.into()),
            name: name.into(),
            me: false,
            key: String::new(),
            role: Role::Member,
            standing,
            verified: false,
            from: at(3),
            to: None,
            how: None,
            stays: 1,
        }
    }

    fn call() -> Summary {
        let me = Attendee { me: true, role: Role::Creator, from: at(2), ..attendee("Me", Standing::Unknown) };
        let ana = Attendee { verified: true, ..attendee("Ana", Standing::Vouched { subject: "ana@example.org".into() }) };
        let ben = Attendee { to: Some(at(30)), how: Some("kicked".into()), stays: 2, ..attendee("Ben\x1b[2J", Standing::Guest) };
        Summary {
            room: "board".into(),
            from: at(2),
            to: at(45),
            security: Security::EndToEnd,
            unbroken: true,
            people: vec![me, ana, ben],
            recordings: vec![Kept { id: PeerId("b".into()), name: "Ben".into(), from: at(5), to: None }],
            ..Summary::default()
        }
    }

    #[test]
    fn a_call_is_told_in_plain_lines() {
        assert_eq!(
            summary(&call(), &TimeZone::UTC),
            [
                "In board, 10:02 to 10:45 (43 minutes):",
                "End-to-end encrypted, unbroken from the first to the last second.",
                "3 people were there:",
                "  Me (you), creator.",
                "  Ana, verified by code, vouched for by the administrator as ana@example.org, from 10:03 on.",
                "  Ben[2J, UNVERIFIED, 10:03 to 10:30 (removed for good), came 2 times.",
                "Recorded by Ben, 10:05 to 10:45.",
            ]
        );
    }

    #[test]
    fn what_was_not_unbroken_is_never_called_so() {
        let plain = Summary { security: Security::TransportOnly, unbroken: false, ..call() };
        let text = summary(&plain, &TimeZone::UTC)[1].clone();
        assert_eq!(text, "Transport encryption only (not end-to-end encrypted): the server could hear and read everything.");
        let bad = Disturbance { at: at(9), code: "behind".into(), text: "others are ahead\x1b".into() };
        let disturbed = Summary { unbroken: false, disturbances: vec![bad], frames_refused: 2, ..call() };
        let lines = summary(&disturbed, &TimeZone::UTC);
        assert_eq!(
            lines[1..4],
            [
                "End-to-end encrypted, but NOT undisturbed:",
                "  10:09 others are ahead.",
                "2 frames of sound could not be opened, and nothing of that was played.",
            ]
        );
    }

    #[test]
    fn how_the_sound_was_is_the_last_line_if_it_was_bad() {
        let text = "poor: 12 % of the sound is missing".to_owned();
        let bad = Summary { poor: 2, poor_text: text, badly_heard: 1, ..call() };
        assert_eq!(
            summary(&bad, &TimeZone::UTC).last().unwrap(),
            "The sound was poor 2 times, at last because 12 % of the sound is missing. Somebody heard you badly once."
        );
    }

    #[test]
    fn the_longest_call_fits_on_a_screen() {
        let bad = Disturbance { at: at(9), code: "behind".into(), text: "x".into() };
        let kept = call().recordings[0].clone();
        let s = Summary {
            unbroken: false,
            disturbances: vec![bad; 50],
            frames_refused: 9,
            people: vec![attendee("x", Standing::Guest); 500],
            recordings: vec![kept; 50],
            poor: 7,
            more_people: 3,
            ..call()
        };
        let lines = summary(&s, &TimeZone::UTC);
        assert!(lines.len() <= 23, "{lines:#?}");
        assert!(lines.contains(&"  and 494 more.".to_owned()), "{lines:#?}");
        assert!(summary(&Summary { people: vec![], ..s }, &TimeZone::UTC).len() < 20);
    }
}
