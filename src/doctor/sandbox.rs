//! What the system lets this program do for the secrets in its memory, and give up for their sake.

use super::{Check, Finding, Text};
use crate::exit::Failure;
use crate::hygiene::{limits, sandbox};

/// What [`limits::apply`] was refused.
pub fn memory() -> Finding {
    judge_memory(limits::refused())
}

fn judge_memory(refused: &[String]) -> Finding {
    let mut refused = refused.iter();
    let Some(first) = refused.next() else {
        return Finding::pass(Check::Memory, Text::of("not dumped, not swapped out, not read by other processes"));
    };
    let text = refused.fold(Text::of("").open(first), |text, more| text.and("; ").open(more));
    let advice =
        "ask whoever administers this machine to raise the limit of locked memory (RLIMIT_MEMLOCK, as limits.conf's memlock)";
    Finding::warn(Check::Memory, text, Text::of(advice))
}

/// Enters the sandbox of a call for good: nothing else can be looked at afterwards.
pub fn sandbox() -> Finding {
    judge(sandbox::enter(sandbox::Level::Auto, &sandbox::Needs::default()))
}

fn judge(entered: Result<Option<String>, Failure>) -> Finding {
    match entered {
        Ok(None) => {
            Finding::pass(Check::Sandbox, Text::of("Landlock and seccomp hold: in a call, files and programs are out of reach"))
        }
        Ok(Some(missing)) | Err(Failure { text: missing, .. }) => Finding::warn(
            Check::Sandbox,
            Text::of("").open(&missing),
            Text::of("calls work, less confined; a newer kernel (Linux 5.13), or one with Landlock switched on, gives the rest"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn what_the_system_refuses_is_a_warning() {
        assert_eq!((judge_memory(&[]).status(), judge(Ok(None)).status()), (Status::Pass, Status::Pass));
        assert_eq!(judge_memory(&["a".into(), "b".into()]).text().shown(), "a; b");
        assert_eq!(judge(Ok(Some("no Landlock".into()))).status(), Status::Warn);
    }
}
