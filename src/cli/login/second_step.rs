//! Logging in with a password, a setup code or through the organisation, and what the server asks for beside it.

use super::{Account, Args};
use crate::backend::Link;
use crate::cli::account::{self, secret};
use crate::cli::{prompt, proxy, unknown};
use crate::exit::{Exit, Failure};
use crate::net::http::Response;
use crate::protocol::account::{
    Enrolled, Enrolment, LOGIN_CODE, LOGIN_ENROL, LOGIN_ENROLLED, SETUP, SecondStep, SetUp, TOTP_REQUIRED, TOTP_SETUP_REQUIRED,
    WithTicket,
};
use crate::protocol::api::{self, LoggedIn, Login};
use hyper::Method;
use std::io::IsTerminal as _;
use zeroize::Zeroizing;

/// What the server makes of a right password.
pub(super) enum Answer {
    In(LoggedIn),
    /// It asks for a code.
    Code(Zeroizing<String>),
    /// The account must have a second factor first.
    Enrol(Zeroizing<String>),
}

/// What this machine calls itself.
pub(super) fn this_machine() -> String {
    let name = ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|file| std::fs::read_to_string(file).ok());
    name.and_then(|n| crate::text::clean_name(&n)).unwrap_or_else(|| "a device".to_owned())
}

/// Runs `conclave login SERVER`.
pub(super) fn run(args: &Args, link: &Link) -> Result<Exit, Failure> {
    let setup = args.setup || args.setup_fd.is_some();
    let name = match (args.name.as_deref(), setup || args.sso) {
        (Some(_), true) => {
            return Err(Failure::new(Exit::Usage, "a setup code is for one account: leave --name away"));
        }
        (None, false) => {
            return Err(Failure::new(
                Exit::Usage,
                "say which account: conclave login SERVER --name NAME, or --sso if your organisation signs you in",
            ));
        }
        (name, _) => name.unwrap_or_default(),
    };
    let keyring = args.keyring.open(true)?;
    // A setup code works once, and so does a recovery code: neither is used before the token can be kept.
    keyring.prove()?;
    proxy::ready(&link.target(), &keyring, true)?;
    let runtime = crate::cli::small_runtime()?;
    let mut account = Account::visitor(link, unknown::settle(link, None, true)?);
    let device = args.device.clone().unwrap_or_else(this_machine);
    let answer = if args.sso {
        runtime.block_on(account.sign_in(&device))?
    } else if setup {
        let code = secret(args.setup_fd, "the setup code", "Setup code: ", "--setup-fd")?;
        let password = new_password(args)?;
        runtime.block_on(account.set_up(&code, &password, &device))?
    } else {
        let password = password(args)?;
        runtime.block_on(account.login(name, &password, &device))?
    };
    let (logged_in, recovery) = match answer {
        Answer::In(logged_in) => (logged_in, None),
        Answer::Code(ticket) => {
            let code = secret(args.code_fd, "the code", "Code of your second factor (or a recovery code): ", "--code-fd")?;
            (runtime.block_on(account.second(LOGIN_CODE, &ticket, &code))?, None)
        }
        Answer::Enrol(ticket) => {
            let enrolment: Enrolment = runtime.block_on(account.second(LOGIN_ENROL, &ticket, ""))?;
            eprintln!("The server's administrator demands a second factor of this account.");
            account::show(&enrolment, &account.host());
            let code = secret(args.code_fd, "the code", "Code that it shows now: ", "--code-fd")?;
            let enrolled: Enrolled = runtime.block_on(account.second(LOGIN_ENROLLED, &ticket, &code))?;
            (enrolled.login, Some(enrolled.recovery))
        }
    };
    account.keep(&keyring, &logged_in.token, &logged_in.name)?;
    let name = crate::text::clean(&logged_in.name);
    let mut text = format!("You are {name} at {}; the account is in {}.\n", account.server, keyring.place());
    if let Some(codes) = recovery {
        text.push_str(&account::recovery(&codes));
    }
    crate::cli::print(text)
}

fn password(args: &Args) -> Result<Zeroizing<String>, Failure> {
    match (args.password.as_deref(), args.password_fd) {
        (_, Some(fd)) => prompt::from_fd(fd, "the password"),
        (Some("-"), None) => prompt::from_stdin("the password"),
        (Some(_), None) => {
            let text = "others on this machine can read arguments: give the password when asked, with '-' on standard input or with --password-fd";
            Err(Failure::new(Exit::Usage, text))
        }
        (None, None) if std::io::stdin().is_terminal() => prompt::ask_secret("Password: "),
        (None, None) => {
            let text = "there is no terminal to ask for the password; give it with '-' on standard input or with --password-fd N";
            Err(Failure::new(Exit::Denied, text))
        }
    }
}

/// A password that is typed for the first time is typed twice.
fn new_password(args: &Args) -> Result<Zeroizing<String>, Failure> {
    if args.password.is_some() || args.password_fd.is_some() || !std::io::stdin().is_terminal() {
        return password(args);
    }
    prompt::ask_new_secret("New password (10 characters at least): ")
}

impl Account {
    async fn login(&mut self, name: &str, password: &str, device: &str) -> Result<Answer, Failure> {
        self.meet().await?;
        let login = Login { name: name.to_owned(), password: password.to_owned(), device: device.to_owned() };
        let answer = self.ask(Method::POST, api::LOGIN, Some(&login)).await?;
        self.first(answer)
    }

    async fn set_up(&mut self, code: &str, password: &str, device: &str) -> Result<Answer, Failure> {
        self.meet().await?;
        let set_up = SetUp { code: code.to_owned(), password: password.to_owned(), device: device.to_owned() };
        let answer = self.ask(Method::POST, SETUP, Some(&set_up)).await?;
        self.first(answer)
    }

    /// What the answer to the first step asks for.
    pub(super) fn first(&self, answer: Response) -> Result<Answer, Failure> {
        let step = serde_json::from_slice::<SecondStep>(&answer.body).ok().filter(|_| answer.status.as_u16() == 403);
        match step.map(|s| (s.error.code, Zeroizing::new(s.ticket))) {
            Some((code, ticket)) if code == TOTP_REQUIRED => Ok(Answer::Code(ticket)),
            Some((code, ticket)) if code == TOTP_SETUP_REQUIRED => Ok(Answer::Enrol(ticket)),
            _ => self.understand(answer).map(Answer::In),
        }
    }

    async fn second<T: serde::de::DeserializeOwned>(&self, path: &str, ticket: &str, code: &str) -> Result<T, Failure> {
        self.call(Method::POST, path, Some(&WithTicket { ticket: ticket.to_owned(), code: code.to_owned() })).await
    }
}
