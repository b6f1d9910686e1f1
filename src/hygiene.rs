//! What the process gives up for its users' secrets: memory that others could read afterwards ([`limits`], first thing
//! in `main`), and everything that a call or a server never needs ([`sandbox`], before the network).
//!
//! Panic messages stay as they are on standard error: they are one sentence each, and no type that holds a secret has a
//! `Debug` that shows it. What is kept of them is less ([`crate::crash`]).

pub mod limits;
#[cfg(any(feature = "client", feature = "server"))]
pub mod sandbox;

#[cfg(all(test, feature = "client", feature = "server"))]
mod tests {
    use crate::backend::{Link, livekit};
    use crate::protocol::control::{ClientMessage, Secret};
    use crate::trust::Keys;
    use conclave_e2ee::secret::RoomSecret;
    use conclave_e2ee::{Device, IssuerSigner};
    use zeroize::Zeroizing;

    /// Does not compile if the type can be shown: then two traits offer the function.
    macro_rules! cannot_be_shown {
        ($($secret:ty),+ $(,)?) => {$(
            const _: fn() = || {
                trait Either<T> {
                    fn of() {}
                }
                impl<T: ?Sized> Either<()> for T {}
                struct Shown;
                impl<T: ?Sized + std::fmt::Debug> Either<Shown> for T {}
                let _ = <$secret as Either<_>>::of;
            };
        )+};
    }

    cannot_be_shown!(
        crate::trust::Identity,
        crate::trust::Options,
        crate::credentials::Keyring,
        crate::credentials::Passphrase,
        crate::credentials::ServerAccount,
        crate::protocol::api::Claim,
        crate::protocol::api::Claimed,
        crate::protocol::api::Login,
        crate::protocol::api::LoggedIn,
        crate::protocol::account::SecondStep,
        crate::protocol::account::WithTicket,
        crate::protocol::account::SetUp,
        crate::protocol::account::Password,
        crate::protocol::account::Code,
        crate::protocol::account::Enrolment,
        crate::protocol::account::RecoveryCodes,
        crate::protocol::account::Enrolled,
        crate::server::store::accounts::Credentials,
        crate::server::totp::Secret,
        conclave_e2ee::media::EpochKeys,
    );

    #[test]
    fn what_can_be_shown_shows_nothing_of_its_secret() {
        const TEXT: &str = "hunter2hunter2hunter2x";
        let text = || Zeroizing::new(TEXT.to_owned());
        let seed = Zeroizing::new([0x5a; 32]);
        let secret = RoomSecret::from_passphrase("seven green bottles hang upon our wall", "r").unwrap();
        let device = Device::from_seed(&seed);
        let mut keys = Keys::ephemeral().unwrap();
        keys.device = std::sync::Arc::new(Device::from_seed(&seed));
        let resume = ClientMessage::Resume { session: "s".into(), secret: Secret(text()), last_event: 1 };
        let key = crate::server::media::token::ApiKey { key: "k".into(), secret: text() };
        let shown = [
            format!("{:?}", (&device, IssuerSigner::from_seed(&seed), &keys)),
            format!("{:?}", (Link::parse(&format!("https://h/r#k={TEXT}")).unwrap(), resume, key)),
            format!("{:?}", crate::backend::Secrecy { secret: Some(secret), ..Default::default() }),
            format!("{:?}", livekit::media::MediaCommand::Token(text())),
        ];
        // As text, as bytes in decimal and in hexadecimal.
        for leak in [TEXT, "green", "90, 90", "5a5a", "Wlpa"] {
            assert!(!shown.iter().any(|s| s.contains(leak)), "{leak}: {shown:#?}");
        }
    }
}
