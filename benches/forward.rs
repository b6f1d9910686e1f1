//! CPU per forwarded packet: one speaker, N listeners, on loopback; at the pace of speech, and ten times as fast.
//!
//! `cargo bench --bench forward`. The forwarder's own threads are counted (`/proc/self/task/*/stat`, names `media-*`), the
//! listeners are one socket that reads and forgets. Keys are installed directly: ICE and DTLS are not part of the path.

#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

#[cfg(not(all(target_os = "linux", feature = "server")))]
fn main() {}

#[cfg(all(target_os = "linux", feature = "server"))]
fn main() {
    println!("listeners  pace ms  forwarded   lost  us/packet  of it user  of it kernel");
    for (listeners, pace) in [(50, 20), (200, 20), (50, 2), (200, 2)] {
        linux::measure(listeners, std::time::Duration::from_millis(pace), std::time::Duration::from_secs(10));
    }
}

#[cfg(all(target_os = "linux", feature = "server"))]
mod linux {
    use conclave::server::media::sfu::{
        IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, Sfu, SfuConfig, TrackKey,
    };
    use ring::aead;
    use std::net::UdpSocket;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    use std::time::{Duration, Instant};

    /// User and kernel time of the forwarder's threads, in nanoseconds: `schedstat` is exact, `stat` gives the proportion.
    fn cpu() -> (f64, f64, f64) {
        let (mut exact, mut user, mut kernel) = (0.0, 0.0, 0.0);
        for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
            let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
            if !read("comm").starts_with("media-") {
                continue;
            }
            exact += read("schedstat").split(' ').next().and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
            let stat = read("stat");
            let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
            user += fields[11].parse::<f64>().unwrap();
            kernel += fields[12].parse::<f64>().unwrap();
        }
        (exact, user, kernel)
    }

    /// One AEAD_AES_128_GCM packet of the speaker, whose master key and salt are all ones.
    struct Speaker {
        key: aead::LessSafeKey,
        salt: [u8; 12],
        sequence: u16,
    }

    impl Speaker {
        fn packet(&mut self) -> Vec<u8> {
            self.sequence += 1;
            let mut packet = vec![0x80, 111];
            packet.extend(self.sequence.to_be_bytes());
            packet.extend((u32::from(self.sequence) * 960).to_be_bytes());
            packet.extend(7u32.to_be_bytes());
            let mut nonce = self.salt;
            let bytes = 7u32.to_be_bytes().into_iter().chain([0; 4]).chain(self.sequence.to_be_bytes());
            for (n, b) in nonce.iter_mut().skip(2).zip(bytes) {
                *n ^= b;
            }
            let mut payload = vec![5; 80];
            let nonce = aead::Nonce::assume_unique_for_key(nonce);
            let tag = self.key.seal_in_place_separate_tag(nonce, aead::Aad::from(&packet), &mut payload).unwrap();
            packet.extend(payload);
            packet.extend(tag.as_ref());
            packet
        }
    }

    pub(crate) fn measure(listeners: u64, pace: Duration, length: Duration) {
        let (events, mut heard) = tokio::sync::mpsc::channel(4096);
        let sfu = Sfu::start(SfuConfig { listen: "127.0.0.1:0".parse().unwrap(), threads: 1 }, events).unwrap();
        let speaking = UdpSocket::bind("127.0.0.1:0").unwrap();
        let listening: Arc<UdpSocket> = Arc::new(UdpSocket::bind("127.0.0.1:0").unwrap());
        nix::sys::socket::setsockopt(&listening, nix::sys::socket::sockopt::RcvBuf, &(8 << 20)).unwrap();
        listening.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let credentials = |n: u64| IceCredentials { ufrag: format!("u{n}"), pwd: String::from("-") };
        for n in 0..=listeners {
            let transport = PeerTransport { local: credentials(n), remote: credentials(n), remote_fingerprint: [0; 32] };
            sfu.add_peer(RoomKey(1), PeerKey(n), transport);
            let address = if n == 0 { &speaking } else { &listening }.local_addr().unwrap();
            sfu.install_keys(PeerKey(n), address, &[n as u8 + 1; 56]);
        }
        let incoming = Incoming {
            ssrc: Some(7),
            mid: "0".into(),
            payload_type: 111,
            mid_extension: None,
            level_extension: None,
            nack: true,
        };
        sfu.publish(PeerKey(0), TrackKey(1), incoming);
        for n in 1..=listeners {
            sfu.subscribe(PeerKey(n), TrackKey(1), Outgoing { ssrc: n as u32, payload_type: 111 });
        }
        let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let sink = std::thread::spawn({
            let (stop, count, listening) = (stop.clone(), count.clone(), listening.clone());
            move || {
                let mut buffer = [0; 2048];
                while !stop.load(Ordering::Relaxed) {
                    if listening.recv(&mut buffer).is_ok() {
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        });
        let (key, salt) = sfu_session_keys();
        let mut speaker = Speaker { key, salt, sequence: 0 };
        let mut say = |packets: u32| {
            let start = Instant::now();
            for n in 0..packets {
                speaking.send_to(&speaker.packet(), sfu.local_addr()).unwrap();
                std::thread::sleep((start + pace * (n + 1)).saturating_duration_since(Instant::now()));
            }
        };
        say(10); // warm
        let (before, heard_before) = (cpu(), count.load(Ordering::Relaxed));
        let packets = (length.as_millis() / pace.as_millis()) as u32;
        say(packets);
        std::thread::sleep(Duration::from_millis(200));
        let (after, heard_after) = (cpu(), count.load(Ordering::Relaxed));
        stop.store(true, Ordering::Relaxed);
        sink.join().unwrap();
        sfu.shutdown();
        while heard.try_recv().is_ok() {}
        let forwarded = heard_after - heard_before;
        let expected = u64::from(packets) * listeners;
        let each = (after.0 - before.0) / 1000.0 / expected as f64;
        let (user, kernel) = (after.1 - before.1, after.2 - before.2);
        let share = if user + kernel > 0.0 { user / (user + kernel) } else { 0.5 };
        let lost = expected.saturating_sub(forwarded);
        let pace = pace.as_millis();
        println!(
            "{listeners:9}  {pace:7}  {forwarded:9}  {lost:5}  {each:9.2}  {:10.2}  {:12.2}",
            each * share,
            each * (1.0 - share)
        );
    }

    /// The session key and salt of master key and salt all ones (RFC 3711 section 4.3).
    fn sfu_session_keys() -> (aead::LessSafeKey, [u8; 12]) {
        let block = |label: u8| -> [u8; 16] {
            let mut block = [0u8; 16];
            block[..12].fill(1);
            block[7] ^= label;
            let provider = rtc_dtls::crypto_provider::default_provider().unwrap();
            let aes = rtc_dtls::crypto_provider::BlockCipherAlgorithm::Aes128;
            provider.crypto().block_encrypt(aes, &[1; 16], &mut block).unwrap();
            block
        };
        let key = aead::UnboundKey::new(&aead::AES_128_GCM, &block(0)).unwrap();
        let mut salt = [0; 12];
        salt.copy_from_slice(&block(2)[..12]);
        (aead::LessSafeKey::new(key), salt)
    }
}
