//! Certificate authorities beside those of the system.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::io::Read as _;
use std::path::Path;
use std::sync::OnceLock;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

static MORE: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();

/// Certificates in PEM. The error is a sentence that begins with the file.
///
/// # Errors
/// It cannot be read, or there is none in it.
pub fn read(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let shown = file.display();
    let mut text = Vec::new();
    let opened = std::fs::File::open(file).and_then(|f| f.take(LARGEST).read_to_end(&mut text));
    opened.map_err(|e| format!("{shown} cannot be read ({e})"))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let read = read.map_err(|e| format!("{shown} is not PEM ({e})"))?;
    if read.is_empty() { Err(format!("there is no certificate in {shown}")) } else { Ok(read) }
}

/// From now on they count as the system's do, in this process. Whoever comes second changes nothing.
pub fn install(more: Vec<CertificateDer<'static>>) {
    let _ = MORE.set(more);
}

/// Those that are installed.
pub(super) fn installed() -> Option<&'static [CertificateDer<'static>]> {
    MORE.get().map(Vec::as_slice)
}
