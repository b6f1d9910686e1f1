use super::*;

fn history() -> (tempfile::TempDir, History) {
    let dir = tempfile::tempdir().unwrap();
    let history = History::at(dir.path().join("state/history"));
    (dir, history)
}

fn room(link: &str, now: i64) -> Room {
    let link = Link::parse(link).unwrap();
    Room::of(&link, &link.room, "Ana", Secret::None, now)
}

#[test]
fn the_newest_room_is_first_and_a_room_is_there_once() {
    let (_dir, history) = history();
    assert!(history.read().rooms.is_empty() && !history.directory().exists(), "nothing is made by looking");
    history.note(room("https://h/board", 10)).unwrap();
    history.note(room("https://h/standup", 20)).unwrap();
    history.note(Room { name: "A. Ngata".into(), ..room(&format!("https://h/board#fp={}", "A".repeat(43)), 30) }).unwrap();
    let rooms = history.read().rooms;
    let seen: Vec<_> = rooms.iter().map(|r| (r.room.as_str(), r.name.as_str(), r.times, r.last)).collect();
    assert_eq!(seen, [("board", "A. Ngata", 2, 30), ("standup", "Ana", 1, 20)]);
    assert!(rooms[0].link.contains("#fp="), "the newest way counts");
    history.remove(&rooms[0]).unwrap();
    assert_eq!(history.glance(), rooms[1..]);
    for n in 0..MAX_ROOMS as i64 + 20 {
        history.note(room(&format!("https://h/r{n}"), 100 + n)).unwrap();
    }
    let rooms = history.read().rooms;
    assert_eq!((rooms.len(), rooms[0].room.as_str()), (MAX_ROOMS, "r219"));
    assert_eq!(history.clear(|r| r.room == "r219").unwrap(), 1);
    assert_eq!(history.clear(|_| true).unwrap(), MAX_ROOMS - 1);
}

#[test]
fn no_secret_is_written_and_none_is_read() {
    let (_dir, history) = history();
    history.note(room("https://h/board#k=c2VjcmV0c2VjcmV0c2VjcmV0.i=aW52aXRl.m=strict", 1)).unwrap();
    let text = std::fs::read_to_string(history.path()).unwrap();
    assert!(!text.contains("c2Vjcm") && !text.contains("aW52aXRl") && text.contains("#m=strict"), "{text}");
    // Whoever wrote one in by hand: it is not believed.
    let forged = text.replace("#m=strict", "#m=strict.k=c2VjcmV0").replace("\"Ana\"", "\"A\\u001b[2Jna\"");
    std::fs::write(history.path(), forged).unwrap();
    let read = &history.read().rooms[0];
    assert!(!read.link.contains("k=") && read.name == "A[2Jna", "{read:?}");
}

#[test]
fn garbage_is_set_aside_and_named_and_a_newer_file_is_left_alone() {
    let (_dir, history) = history();
    history.note(room("https://h/board", 1)).unwrap();
    for bad in [&b"{"[..], b"", b"\xff\xfe\x00", b"[]", b"{\"version\":1}", b"{\"version\":1,\"rooms\":[7]}", &[b'['; 100_000]] {
        std::fs::write(history.path(), bad).unwrap();
        assert!(history.glance().is_empty() && history.path().exists(), "a glance changes nothing");
        let found = history.read();
        assert!(found.rooms.is_empty(), "{found:?}");
        assert!(found.notice.as_ref().unwrap().contains("rooms.damaged"), "{found:?}");
        assert_eq!(std::fs::read(history.aside()).unwrap(), bad);
        history.note(room("https://h/board", 2)).unwrap();
        assert_eq!(history.read().rooms.len(), 1);
    }
    std::fs::write(
        history.path(),
        "{\"version\":1,\"rooms\":[{\"link\":\"ftp://x\",\"room\":\"\",\"name\":\"\",\"last\":0,\"times\":0}]}",
    )
    .unwrap();
    assert!(matches!(history.read(), Found { rooms, notice: None } if rooms.is_empty()), "one that leads nowhere");
    let newer = "{\"version\":2,\"rooms\":\"elsewhere\"}";
    std::fs::write(history.path(), newer).unwrap();
    assert!(history.read().notice.unwrap().contains("newer Conclave"));
    assert!(history.note(room("https://h/board", 2)).is_err());
    assert_eq!(std::fs::read_to_string(history.path()).unwrap(), newer);
}

#[test]
fn two_processes_lose_nothing() {
    let (_dir, history) = history();
    std::thread::scope(|s| {
        for name in ["a", "b", "c"] {
            let history = &history;
            s.spawn(move || (0..10).for_each(|n| history.note(room(&format!("https://h/{name}{n}"), n)).unwrap()));
        }
    });
    assert_eq!(history.read().rooms.len(), 30);
}

#[test]
fn a_name_means_one_room() {
    let rooms = [
        "https://a.example/board",
        "https://b.example:8443/board",
        "https://a.example/standup",
        "livekit://l.example",
        "http://127.0.0.1:9/dev",
    ];
    let rooms = rooms.map(|link| room(link, 1));
    let said = |server: Option<&str>| {
        let server = server.map(|s| Link::parse(s).unwrap());
        names(&rooms, server.as_ref()).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(said(None), ["a.example/board", "b.example:8443/board", "standup", "dev"]);
    assert_eq!(said(Some("https://b.example:8443")), ["a.example/board", "board", "a.example/standup"]);
}

proptest::proptest! {
    #[test]
    fn no_file_is_too_strange(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = parse(&bytes);
    }
}

#[test]
fn how_sound_got_to_a_server_is_remembered_for_a_day_and_one_network() {
    let (_dir, history) = history();
    let here: IpAddr = [192, 0, 2, 7].into();
    let (board, other) = (room("https://h/board", 10), room("https://elsewhere/board", 10));
    for room in [&board, &other] {
        history.note(room.clone()).unwrap();
    }
    history.came_by(&board, Way { rung: "proxy+tls".into(), network: here, at: 100 }).unwrap();
    history.note(board).unwrap(); // joined again: what is known stays
    let to = |link: &str, network: IpAddr, now: i64| way(&history.glance(), &Link::parse(link).unwrap(), network, now);
    assert_eq!(to("https://h/another-room", here, 200), Some(Rung::ProxyTls));
    assert_eq!(to("https://h/board", [192, 0, 2, 8].into(), 200), None, "another network");
    assert_eq!(to("https://elsewhere/board", here, 200), None, "another server");
    assert_eq!((to("https://h/board", here, 100 + DAY), to("https://h/board", here, 99)), (None, None));
}
