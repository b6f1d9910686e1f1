use super::*;
use crate::net::frames;

const CHECK: &[u8] = b"\x00\x01\x00\x0c\x21\x12\xa4\x42............\x00\x06\x00\x05a:bcd...";
const NOMINATES: &[u8] = b"\x00\x01\x00\x10\x21\x12\xa4\x42............\x00\x06\x00\x05a:bcd...\x00\x25\x00\x00";
const ANSWER: &[u8] = b"\x01\x01\x00\x00\x21\x12\xa4\x42............";
const RTP: &[u8] = &[0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];

fn here() -> IpAddr {
    Ipv4Addr::LOCALHOST.into()
}

fn path(port: u16, rungs: &[Rung]) -> Path {
    let target = Target { host: "127.0.0.1".into(), port, tls: false };
    let transport = Transport { only: rungs.first().copied().filter(|_| rungs.len() == 1), ..Transport::default() };
    Path::new(Config { target, net: Options::default(), ours: true, transport, local: here() }).unwrap()
}

async fn over(path: &Path, rung: Rung) {
    path.used().wait_for(|used| *used == Some(rung)).await.unwrap();
}

/// The other end of a path: all that comes by UDP, and on connections.
struct Server {
    udp: tokio::net::UdpSocket,
    tcp: tokio::net::TcpListener,
}

impl Server {
    async fn start() -> Self {
        let tcp = tokio::net::TcpListener::bind((here(), 0)).await.unwrap();
        let udp = tokio::net::UdpSocket::bind((here(), 0)).await.unwrap();
        Self { udp, tcp }
    }

    fn describes(&self, path: &Path) -> String {
        let port = self.udp.local_addr().unwrap().port();
        path.describe(&format!(
            "v=0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host\r\na=candidate:2 1 udp 1 2001:db8::1 7 typ host\r\n\
             a=candidate:3 1 tcp 1 127.0.0.1 9 typ host tcptype passive\r\na=end-of-candidates\r\n"
        ))
    }

    async fn datagram(&self) -> (Vec<u8>, SocketAddr) {
        datagram(&self.udp).await
    }
}

/// The next datagram by UDP.
async fn datagram(udp: &tokio::net::UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buf = [0; 2048];
    let (n, from) = udp.recv_from(&mut buf).await.unwrap();
    (buf[..n].to_vec(), from)
}

/// The next datagram on a connection.
async fn read(from: &mut tokio::net::TcpStream) -> Vec<u8> {
    let mut datagram = [0; frames::DATAGRAM];
    let n = frames::read(from, &mut datagram).await.unwrap().unwrap();
    datagram[..n].to_vec()
}

async fn write(to: &mut tokio::net::TcpStream, datagram: &[u8]) {
    use tokio::io::AsyncWriteExt as _;
    to.write_all(&[&(datagram.len() as u16).to_be_bytes()[..], datagram].concat()).await.unwrap();
}

/// A socket as the stack has it.
fn stack(path: &Path) -> tokio::net::UdpSocket {
    let socket = UdpSocket::bind((here(), 0)).unwrap();
    path.bound(&socket).unwrap();
    socket.set_nonblocking(true).unwrap();
    tokio::net::UdpSocket::from_std(socket).unwrap()
}

#[tokio::test]
async fn the_stack_is_shown_one_server_and_the_path_learns_where_it_is() {
    let path = path(9, &[Rung::Udp]);
    let server = Server::start().await;
    let described = server.describes(&path);
    assert_eq!(described, "v=0\r\na=end-of-candidates\r\n");
    assert_eq!(path.candidate(), "candidate:1 1 udp 2130706431 192.0.2.1 9 typ host");
    path.learn("1 2 udp 1 127.0.0.1 5 typ host"); // RTCP's, which we have no use for
    for odd in ["", "1 1 udp", "1 1 udp 1 nonsense 5 typ host", "1 1 udp 1 127.0.0.1 99999 typ host"] {
        path.learn(odd);
    }
    assert_eq!(path.shared.state().addresses, [server.udp.local_addr().unwrap()]);
    for port in 1..1000 {
        path.learn(&format!("1 1 UDP 1 127.0.0.1 {port} typ host"));
    }
    assert_eq!(path.shared.state().addresses.len(), ADDRESSES);
}

#[tokio::test]
async fn by_udp_the_stack_sends_for_itself_and_strangers_are_not_heard() {
    let (path, server) = (path(9, &[Rung::Udp]), Server::start().await);
    server.describes(&path);
    let socket = stack(&path);
    assert_eq!(path.send(RTP), None, "nobody has answered: it is lost");
    assert_eq!(path.send(CHECK), None);
    let (check, from) = server.datagram().await;
    assert_eq!((&check[..], from), (CHECK, socket.local_addr().unwrap()));
    let at = server.udp.local_addr().unwrap();
    assert!(!path.receive("127.0.0.1:1".parse().unwrap(), ANSWER), "from a stranger");
    assert!(path.receive(at, ANSWER));
    over(&path, Rung::Udp).await;
    assert_eq!(path.send(RTP), Some(at));
    assert!(path.receive(at, RTP) && !path.receive(at, RTP), "a copy is not heard");
}

#[tokio::test]
async fn a_path_moves_to_a_connection_and_back_and_the_server_hears_of_it() {
    let server = Server::start().await;
    let path = path(server.tcp.local_addr().unwrap().port(), &[Rung::Udp, Rung::Tcp]);
    server.describes(&path);
    let socket = stack(&path);
    // UDP is silent: checks go there too, and a connection is made.
    let (mut one, _) = tokio::select! {
        connection = server.tcp.accept() => connection.unwrap(),
        () = async { loop { path.send(CHECK); server.datagram().await; } } => unreachable!(),
    };
    let hello = read(&mut one).await;
    assert_eq!(frames::token(&hello), Some(path.shared.token));
    let check = tokio::select! {
        check = read(&mut one) => check,
        () = async { loop { path.send(CHECK); server.datagram().await; } } => unreachable!(),
    };
    assert_eq!(check, CHECK);
    write(&mut one, ANSWER).await;
    over(&path, Rung::Tcp).await;
    assert_eq!(std::future::poll_fn(|cx| path.poll_receive(cx)).await.unwrap(), ANSWER);
    // A second connection with the same token; sound goes over both, a nomination over one.
    let (mut two, _) = server.tcp.accept().await.unwrap();
    assert_eq!(read(&mut two).await, hello);
    while path.shared.state().open.len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(path.send(NOMINATES), None);
    assert_eq!(path.send(RTP), None);
    assert_eq!(read(&mut two).await, RTP);
    while read(&mut one).await != NOMINATES {}
    assert_eq!(read(&mut one).await, RTP);
    // What comes over both counts once.
    write(&mut one, RTP).await;
    write(&mut two, RTP).await;
    write(&mut two, &[0x80, 111, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7]).await;
    let mut heard = Vec::new();
    for _ in 0..2 {
        heard.push(std::future::poll_fn(|cx| path.poll_receive(cx)).await.unwrap()[3]);
    }
    heard.sort_unstable();
    assert_eq!(heard, [1, 2]);
    // One connection breaks, and the other carries everything; both do, and UDP is found: the server hears of it by the
    // stack's own nomination.
    drop(one);
    path.send(RTP);
    assert_eq!(read(&mut two).await, RTP);
    let Server { udp, tcp } = server;
    drop((two, tcp));
    let at = udp.local_addr().unwrap();
    path.used().wait_for(Option::is_none).await.unwrap();
    path.send(CHECK);
    while udp.try_recv_from(&mut [0; 2048]).is_ok() {}
    assert!(path.receive(at, ANSWER));
    over(&path, Rung::Udp).await;
    while datagram(&udp).await != (NOMINATES.to_vec(), socket.local_addr().unwrap()) {}
}

/// Towards a server that is not ours.
fn foreign(net: Options, only: Option<Rung>) -> Path {
    let target = Target { host: "meet.example".into(), port: 443, tls: true };
    let transport = Transport { only, ..Transport::default() };
    Path::new(Config { target, net, ours: false, transport, local: here() }).unwrap()
}

fn relay(url: &str) -> turn::Server {
    turn::Server::read(url, "ana", "hunter2").unwrap()
}

#[tokio::test]
async fn another_server_is_reached_by_the_tcp_that_it_names_and_gets_its_answers_where_it_asked() {
    let (path, server) = (foreign(Options::default(), None), Server::start().await);
    let port = server.tcp.local_addr().unwrap().port();
    path.describe(&format!("a=candidate:1 1 tcp 1 127.0.0.1 {port} typ host tcptype passive\r\n"));
    let _socket = stack(&path);
    let (mut one, _) = server.tcp.accept().await.unwrap();
    // No word of our tunnel's: the first is a check.
    let checks = async {
        loop {
            path.send(CHECK);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let first = tokio::select! { first = read(&mut one) => first, () = checks => unreachable!() };
    assert_eq!(first, CHECK);
    // A server that checks for itself: the answer goes the way that the check came, whatever is in use.
    write(&mut one, CHECK).await;
    assert_eq!(std::future::poll_fn(|cx| path.poll_receive(cx)).await.unwrap(), CHECK);
    assert_eq!((path.used().borrow().is_none(), path.send(ANSWER)), (true, None));
    while read(&mut one).await != ANSWER {}
    // It nominates, and is followed.
    write(&mut one, NOMINATES).await;
    over(&path, Rung::Tcp).await;
    path.send(RTP);
    while read(&mut one).await != RTP {}
    assert!(tokio::time::timeout(Duration::from_millis(50), server.tcp.accept()).await.is_err(), "it would be another way to it");
}

#[tokio::test]
async fn relays_are_rungs_by_how_they_are_spoken_to_and_by_who_serves_them() {
    let names = |path: &Path, urls: &[&str]| -> Vec<Option<&str>> {
        urls.iter().map(|url| path.shared.config.rung_of(&relay(url)).map(Rung::name)).collect()
    };
    let urls = ["turn:relay.example", "turn:192.0.2.9", "turn:relay.example?transport=tcp", "turns:relay.example"];
    let all = [Some("turn"), Some("turn"), Some("turn+tcp"), Some("turn+tls")];
    assert_eq!(names(&foreign(Options::default(), None), &urls), all);
    assert_eq!(names(&foreign(Options::default(), Some(Rung::Turn)), &urls), all);
    assert_eq!(names(&foreign(Options::default(), Some(Rung::Tcp)), &urls), [None; 4]);
    // A name that a proxy serves is not resolved here.
    let configured = crate::net::proxy::Configured::read("proxy.example:3128", "", |_| None).unwrap();
    let net = Options { proxies: crate::net::proxy::Proxies::of(configured), ..Options::default() };
    let proxied = [None, Some("turn"), Some("proxy+turn+tcp"), Some("proxy+turn+tls")];
    assert_eq!(names(&foreign(net, None), &urls), proxied);
    // In a server of ours: our tunnel goes wherever its relay goes; somebody else's relay is another way.
    let ours = path(443, &[Rung::Udp, Rung::Tcp]);
    assert_eq!(names(&ours, &["turn:127.0.0.1:3478", "turns:relay.example:443"]), [None, Some("turn+tls")]);
    // None of it may be asked for: nothing is.
    let only = foreign(Options::default(), Some(Rung::Tcp));
    only.relays(urls.map(relay).into());
    assert!(only.leads_nowhere());
}
