//! A TCP relay on the loopback interface whose connections can be cut, and which can refuse new ones.

use std::sync::{Arc, Mutex};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// One of them, in a tokio runtime.
pub struct Relay {
    /// Where it listens.
    pub port: u16,
    connections: Arc<Mutex<JoinSet<()>>>,
    task: JoinHandle<()>,
}

impl Relay {
    /// From a port (0: any) to another.
    pub async fn start(port: u16, to: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections: Arc<Mutex<JoinSet<()>>> = Arc::default();
        let c = connections.clone();
        let task = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                c.lock().unwrap().spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(("127.0.0.1", to)).await {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        });
        Self { port, connections, task }
    }

    /// Ends what is connected; new connections are taken.
    pub fn cut(&self) {
        self.connections.lock().unwrap().abort_all();
    }

    /// Ends everything: new connections are refused.
    pub fn stop(self) {
        self.task.abort();
        self.cut();
    }
}
