//! `conclave account`: what people do with their own account on a server, from their own machine.

use super::login::Account;
use super::{keyring, local_time as time, prompt};
use crate::exit::{Exit, Failure};
use crate::protocol::account::{Code, Devices, Enrolment, Password, RecoveryCodes};
use crate::protocol::account::{DEVICES, RECOVERY_CODES, TOTP, TOTP_CONFIRM, TOTP_OFF};
use crate::text::clean;
use hyper::Method;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use std::io::IsTerminal as _;
use zeroize::Zeroizing;

/// Options of `conclave account`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// A code beside the password at each login (TOTP), from a program on your phone or another machine
    #[command(subcommand)]
    Totp(Totp),
    /// List where you are logged in
    Devices {
        #[command(flatten)]
        place: Place,
    },
    /// End the login of a device (a lost one, say); a call that it is in ends too
    Revoke {
        /// Its id, from 'conclave account devices'
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, clap::Subcommand)]
enum Totp {
    /// Begin: shows the secret for your program, asks for its first code, and shows ten recovery codes to keep on paper
    On {
        /// Read the password from this file descriptor; without it you are asked
        #[arg(long, value_name = "N")]
        password_fd: Option<i32>,
        #[command(flatten)]
        code: CodeFrom,
        #[command(flatten)]
        place: Place,
    },
    /// End it: from now on the password is enough
    Off {
        #[command(flatten)]
        code: CodeFrom,
        #[command(flatten)]
        place: Place,
    },
    /// Make ten fresh recovery codes; the ones before count no longer
    RecoveryCodes {
        #[command(flatten)]
        code: CodeFrom,
        #[command(flatten)]
        place: Place,
    },
}

/// Where a code comes from.
#[derive(Debug, clap::Args)]
#[group(skip)]
struct CodeFrom {
    /// Read the code from this file descriptor; without it you are asked
    #[arg(long, value_name = "N")]
    code_fd: Option<i32>,
}

/// Which account.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Place {
    /// The server's address, https://HOST[:PORT]; without it the only one where you are logged in
    #[arg(long, value_name = "SERVER")]
    server: Option<String>,
    #[command(flatten)]
    keyring: keyring::Args,
}

impl Place {
    pub(super) fn account(&self) -> Result<Account, Failure> {
        let keyring = self.keyring.open(true)?;
        let server = match &self.server {
            Some(server) => server.clone(),
            None => match keyring.servers()?.as_slice() {
                [only] => only.clone(),
                [] => return Err(Failure::new(Exit::Denied, "you are logged in nowhere; see 'conclave login --help'")),
                several => {
                    let text = format!("you are logged in at {}: say which with --server", clean(&several.join(", ")));
                    return Err(Failure::new(Exit::Usage, text));
                }
            },
        };
        Account::load(&server, &keyring)
    }
}

/// A secret from a file descriptor, or from whoever sits there.
pub(super) fn secret(fd: Option<i32>, what: &str, question: &str, option: &str) -> Result<Zeroizing<String>, Failure> {
    match fd {
        Some(fd) => prompt::from_fd(fd, what),
        None if std::io::stdin().is_terminal() => prompt::ask_secret(question),
        None => Err(Failure::new(Exit::Denied, format!("there is no terminal to ask for {what}; give it with {option} N"))),
    }
}

impl CodeFrom {
    fn read(&self, question: &str) -> Result<Code, Failure> {
        Ok(Code { code: secret(self.code_fd, "the code", question, "--code-fd")?.to_string() })
    }
}

/// The secret of a second factor as authenticator programs take it (the key URI format). It goes to the screen and nowhere else.
fn uri(enrolment: &Enrolment, host: &str) -> Zeroizing<String> {
    let mut uri = url::Url::parse("otpauth://totp/").ok();
    if let Some(uri) = &mut uri {
        uri.set_path(&format!("/Conclave:{}@{host}", enrolment.name));
        uri.query_pairs_mut().append_pair("secret", &enrolment.secret).append_pair("issuer", "Conclave");
    }
    Zeroizing::new(uri.map(String::from).unwrap_or_default())
}

/// Shows a text to a camera, on standard error if that is a terminal.
pub(super) fn show_image(text: &str) {
    if std::io::stderr().is_terminal()
        && let Ok(code) = QrCode::new(text.as_bytes())
    {
        // Light modules are drawn, and dark ones left out: right on dark terminals. Readers take the inverse too.
        let image = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
        eprintln!("{}", Zeroizing::new(image).as_str());
    }
}

/// Shows a new second factor's secret, on standard error: it is for eyes, or for a camera.
pub(super) fn show(enrolment: &Enrolment, host: &str) {
    let uri = uri(enrolment, host);
    show_image(&uri);
    eprintln!("Give this to your authenticator program (SHA-1, 6 digits, 30 seconds); whoever has it has your codes:");
    eprintln!("  {}\n  or by hand: {}", uri.as_str(), enrolment.secret);
}

/// What is said of fresh recovery codes.
pub(super) fn recovery(codes: &RecoveryCodes) -> String {
    let mut text =
        "Recovery codes: each replaces a code once, when your program is lost. Keep them on paper; they are not shown again.\n"
            .to_owned();
    codes.recovery_codes.iter().for_each(|code| text.push_str(&format!("  {}\n", clean(code))));
    text
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    let runtime = super::small_runtime()?;
    let text = match args.verb {
        Verb::Totp(Totp::On { password_fd, code, place }) => {
            let account = place.account()?;
            let password = secret(password_fd, "the password", "Password: ", "--password-fd")?;
            let begin = Password { password: password.to_string() };
            let enrolment: Enrolment = runtime.block_on(account.call(Method::POST, TOTP, Some(&begin)))?;
            show(&enrolment, &account.host());
            let code = code.read("Code that it shows now: ")?;
            let codes: RecoveryCodes = runtime.block_on(account.call(Method::POST, TOTP_CONFIRM, Some(&code)))?;
            format!("From now on a login asks for a code.\n{}", recovery(&codes))
        }
        Verb::Totp(Totp::Off { code, place }) => {
            let account = place.account()?;
            let code = code.read("Code (or a recovery code): ")?;
            runtime.block_on(account.call::<()>(Method::POST, TOTP_OFF, Some(&code)))?;
            "From now on the password is enough.\n".to_owned()
        }
        Verb::Totp(Totp::RecoveryCodes { code, place }) => {
            let account = place.account()?;
            let code = code.read("Code (or a recovery code): ")?;
            let codes: RecoveryCodes = runtime.block_on(account.call(Method::POST, RECOVERY_CODES, Some(&code)))?;
            recovery(&codes)
        }
        Verb::Devices { place } => {
            let account = place.account()?;
            let list: Devices = runtime.block_on(account.call(Method::GET, DEVICES, None::<&()>))?;
            let line = |d: &crate::protocol::account::Device| {
                let this = if d.this { "  (this one)" } else { "" };
                format!("{}  {}  logged in {}, last used {}{this}\n", clean(&d.id), clean(&d.name), time(d.created), time(d.used))
            };
            list.devices.iter().map(line).collect()
        }
        Verb::Revoke { id, place } => {
            if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
                return Err(Failure::new(Exit::Data, "no device has such an id; see 'conclave account devices'"));
            }
            let account = place.account()?;
            runtime.block_on(account.call::<()>(Method::DELETE, &format!("{DEVICES}/{id}"), None::<&()>))?;
            format!("The login of {id} has ended.\n")
        }
    };
    super::print(Zeroizing::new(text).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authenticator_gets_what_it_needs() {
        let enrolment = Enrolment { name: "Olga Ngata".into(), secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into() };
        let uri = uri(&enrolment, "meet.example.org:8443");
        assert_eq!(
            *uri,
            "otpauth://totp/Conclave:Olga%20Ngata@meet.example.org:8443?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Conclave"
        );
        QrCode::new(uri.as_bytes()).unwrap();
    }
}
