use super::*;
use crate::net::path;

const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const LIMIT: Duration = Duration::from_secs(10);

async fn peer() -> (Peer, PeerEvents) {
    Peer::new(LOOPBACK, false).await.unwrap()
}

/// What the test learns from one side's events.
async fn run(mut events: PeerEvents, other: Arc<Peer>, seen: mpsc::Sender<String>) {
    while let Some(e) = events.recv().await {
        match e {
            PeerEvent::Candidate(c) => other.add_candidate(&c).await.unwrap(),
            PeerEvent::State(TransportState::Connected) => drop(seen.try_send("connected".into())),
            PeerEvent::Data { label, payload } => {
                let _ = seen.try_send(format!("{label} {}", String::from_utf8_lossy(&payload)));
            }
            PeerEvent::Track(t) => {
                let seen = seen.clone();
                tokio::spawn(async move {
                    while let Some(p) = t.receive().await {
                        let _ = seen.try_send(format!("{} {}", t.id, String::from_utf8_lossy(&p.payload)));
                    }
                });
            }
            PeerEvent::State(_) | PeerEvent::Open { .. } => {}
        }
    }
}

async fn wait_for(seen: &mut mpsc::Receiver<String>, what: &str) {
    let wait = async { while seen.recv().await.unwrap() != what {} };
    tokio::time::timeout(LIMIT, wait).await.unwrap_or_else(|_| panic!("waits in vain for {what}"));
}

#[tokio::test]
async fn offerer_and_answerer_hear_each_other_and_survive_an_ice_restart() {
    let ((a, a_events), (b, b_events)) = (peer().await, peer().await);
    let (a, b) = (Arc::new(a), Arc::new(b));
    a.add_audio_sections(1).await.unwrap();
    a.add_microphone("mic-a").await.unwrap();
    let offer = a.offer().await.unwrap();
    let answer = b.answer(offer, Some("mic-b")).await.unwrap();
    a.apply_answer(answer).await.unwrap();
    let ((a_tx, mut a_seen), (b_tx, mut b_seen)) = (mpsc::channel(1024), mpsc::channel(1024));
    tokio::spawn(run(a_events, b.clone(), a_tx));
    tokio::spawn(run(b_events, a.clone(), b_tx));
    wait_for(&mut a_seen, "connected").await;
    wait_for(&mut b_seen, "connected").await;
    for (p, text) in [(a.clone(), "I am a"), (b.clone(), "I am b")] {
        tokio::spawn(async move {
            let mut clock = tokio::time::interval(Duration::from_millis(20));
            for i in 0u16.. {
                clock.tick().await;
                let payload = Bytes::from_static(text.as_bytes());
                let packet = Packet {
                    sequence: i,
                    timestamp: u32::from(i) * 960,
                    ssrc: 0,
                    source: None,
                    marker: i == 0,
                    voice: true,
                    payload,
                };
                let _ = p.send(packet).await;
                let _ = p.send_data(RELIABLE, text.as_bytes()).await;
            }
        });
    }
    wait_for(&mut a_seen, "mic-b I am b").await;
    wait_for(&mut b_seen, "mic-a I am a").await;
    wait_for(&mut a_seen, "_reliable I am b").await;
    wait_for(&mut b_seen, "_reliable I am a").await;
    a.restart_ice().await.unwrap();
    let answer = b.answer(a.offer().await.unwrap(), None).await.unwrap();
    a.apply_answer(answer).await.unwrap();
    while a_seen.try_recv().is_ok() {}
    wait_for(&mut a_seen, "mic-b I am b").await;
    let wait = async {
        while a.stats().await.rtt.is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await
        }
    };
    tokio::time::timeout(LIMIT, wait).await.expect("a round-trip time is measured");
    a.close().await;
}

/// LiveKit's server names its candidates in its answer or right after it, as it happens; and where UDP is blocked, no check of its own
/// shows where it is.
#[tokio::test]
async fn a_server_that_names_its_candidates_after_its_answers_is_found_at_first_and_after_an_ice_restart() {
    let target = crate::net::Target { host: "meet.example".into(), port: 443, tls: true };
    let config = path::Config { target, net: Default::default(), ours: false, transport: Default::default(), local: LOOPBACK };
    let path = Arc::new(Path::new(config).unwrap());
    let (a, mut a_events) = Peer::behind(MuteGate::default(), path, false, Shape::Tracks).await.unwrap();
    let (b, mut b_events) = peer().await;
    a.add_audio_sections(1).await.unwrap();
    let without_candidates =
        |sdp: String| sdp.split_inclusive('\n').filter(|l| !l.starts_with("a=candidate:")).collect::<String>();
    for restart in [false, true] {
        if restart {
            a.restart_ice().await.unwrap();
        }
        let offer = without_candidates(a.offer().await.unwrap());
        let answer = without_candidates(b.answer(offer, None).await.unwrap());
        a.apply_answer(answer).await.unwrap();
        let connected = async {
            loop {
                tokio::select! {
                    Some(e) = a_events.recv() => if let PeerEvent::State(TransportState::Connected) = e { return },
                    Some(e) = b_events.recv() => if let PeerEvent::Candidate(c) = e { a.add_candidate(&c).await.unwrap() },
                }
            }
        };
        tokio::time::timeout(LIMIT, connected).await.unwrap_or_else(|_| panic!("connects in vain, restart: {restart}"));
    }
    a.close().await;
}

#[tokio::test]
async fn the_level_is_offered_only_where_it_is_allowed_and_sent_only_where_both_agree() {
    for (ours, theirs) in [(false, false), (false, true), (true, false), (true, true)] {
        let (a, _events) = Peer::new(LOOPBACK, ours).await.unwrap();
        let (b, _events) = Peer::new(LOOPBACK, theirs).await.unwrap();
        // The microphone comes with the second offer, as in a call.
        a.add_audio_sections(2).await.unwrap();
        let first = a.offer().await.unwrap();
        a.apply_answer(b.answer(first.clone(), None).await.unwrap()).await.unwrap();
        a.add_microphone("mic-a").await.unwrap();
        let second = a.offer().await.unwrap();
        assert_eq!(first.contains(LEVEL), ours, "{first}");
        assert_eq!(second.contains(LEVEL), ours && theirs, "{second}");
        let mut answer = b.answer(second, None).await.unwrap();
        if !ours {
            // Even a server that pretends to have been asked gets none.
            answer += &format!("a=extmap:9 {LEVEL}\r\n");
            assert_eq!(level_extension(&answer), Some(9));
        }
        a.apply_answer(answer).await.unwrap();
        assert_eq!(a.microphone.lock().await.as_ref().unwrap().level.is_some(), ours && theirs);
    }
}

/// The value of an attribute in the first element that begins like this.
fn attribute<'a>(xml: &'a str, element: &str, name: &str) -> &'a str {
    let tag = &xml[xml.find(element).unwrap()..];
    let tag = &tag[..tag.find('>').unwrap()];
    let value = tag.split(&format!(" {name}='")).nth(1).unwrap();
    &value[..value.find('\'').unwrap()]
}

/// The SDP that stands for the audio of a recorded Jingle `session-initiate` of Jitsi Meet: one section per remote source.
fn sdp_of_jingle(xml: &str) -> String {
    let audio = &xml[..xml.find("</content>").unwrap()];
    let (ufrag, pwd) = (attribute(audio, "<transport", "ufrag"), attribute(audio, "<transport", "pwd"));
    let fingerprint = audio.split("<fingerprint").nth(1).unwrap();
    let fingerprint = &fingerprint[fingerprint.find('>').unwrap() + 1..fingerprint.find('<').unwrap()];
    let candidate = |name| attribute(audio, "<candidate", name);
    let candidate = format!(
        "a=candidate:{} {} {} {} {} {} typ {}\r\na=end-of-candidates\r\n",
        candidate("foundation"),
        candidate("component"),
        candidate("protocol"),
        candidate("priority"),
        candidate("ip"),
        candidate("port"),
        candidate("type")
    );
    let extensions: String = audio
        .split("<rtp-hdrext")
        .skip(1)
        .map(|e| {
            format!("a=extmap:{} {}\r\n", attribute(&format!("<x{e}"), "<x", "id"), attribute(&format!("<x{e}"), "<x", "uri"))
        })
        .collect();
    let json = xml.split("<json-message xmlns='http://jitsi.org/jitmeet'>").nth(1).unwrap();
    let json = json[..json.find("</json-message>").unwrap()].replace("&quot;", "\"");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut sources = Vec::new();
    for (owner, lists) in json["sources"].as_object().unwrap() {
        for s in lists[2].as_array().unwrap() {
            sources.push((owner.clone(), s["s"].as_u64().unwrap(), s["m"].as_str().unwrap().to_owned()));
        }
    }
    let mids: Vec<String> = (0..sources.len()).map(|i| i.to_string()).collect();
    let mut sdp = format!("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n", mids.join(" "));
    for (i, (owner, ssrc, msid)) in sources.iter().enumerate() {
        let (first, direction) = (i == 0, if i == 0 { "sendrecv" } else { "sendonly" });
        sdp += &format!(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 126\r\nc=IN IP4 0.0.0.0\r\na=mid:{i}\r\na=rtcp-mux\r\na=setup:actpass\r\n\
             a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\na=fingerprint:sha-256 {fingerprint}\r\na={direction}\r\n\
             a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtcp-fb:111 transport-cc\r\n\
             a=rtpmap:126 telephone-event/8000\r\n{extensions}{}\
             a=msid:{msid}\r\na=ssrc:{ssrc} cname:{owner}\r\na=ssrc:{ssrc} msid:{msid}\r\n",
            if first { candidate.as_str() } else { "" }
        );
    }
    sdp
}

#[tokio::test]
async fn a_recorded_jitsi_offer_is_answered_with_opus() {
    let offer = sdp_of_jingle(include_str!("testdata/jitsi-session-initiate.xml"));
    assert_eq!(offer.matches("m=audio").count(), 2, "the bridge's own source and the other participant's");
    let (peer, _events) = peer().await;
    let answer = peer.answer(offer, Some("me-audio-0")).await.unwrap();
    let sections: Vec<&str> = answer.split("m=").skip(1).collect();
    assert_eq!(sections.len(), 2, "{answer}");
    for (i, s) in sections.iter().enumerate() {
        assert!(s.starts_with("audio 9 UDP/TLS/RTP/SAVPF 111\r\n"), "Opus alone, not refused: {s}");
        assert!(s.contains("a=rtpmap:111 opus/48000/2\r\n"), "{s}");
        assert!(s.contains("useinbandfec=1"), "{s}");
        assert!(s.contains(&format!("a=mid:{i}\r\n")), "{s}");
        assert!(s.contains("a=setup:active\r\n"), "{s}");
        assert!(s.contains(if i == 0 { "a=sendrecv\r\n" } else { "a=recvonly\r\n" }), "{s}");
    }
    assert!(sections[0].contains("a=ssrc:") && sections[0].contains("me-audio-0"), "ours is in the first: {answer}");
}
