#![allow(clippy::unwrap_used)]
#[path = "jitsi_server/server.rs"]
#[allow(dead_code)]
mod server;
#[test]
fn play() {
    let jitsi = server::Jitsi::start(server::Options::default()).unwrap();
    std::fs::write("/tmp/jitsi.link", jitsi.link("Board")).unwrap();
    loop {
        std::thread::sleep(std::time::Duration::from_secs(1));
        if let Ok(c) = std::fs::read_to_string("/tmp/jitsi.cmd") {
            std::fs::remove_file("/tmp/jitsi.cmd").unwrap();
            match c.trim() {
                "password" => jitsi.set_password("Board", Some("geheim")),
                "quit" => return,
                "reset" => jitsi.reset_meeting("Board"),
                _ => {}
            }
        }
    }
}
