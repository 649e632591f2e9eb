//! A message of every kind to which no unit replies, as WeChat's pages describe it. So rare kinds
//! go through every layer too. The corpus has each kind that `wechat` knows, in each mode. The test
//! below ensures this: if `wechat` gets a new kind, the test does not compile until it names the
//! kind, and fails until the corpus has it.

use std::sync::LazyLock;

/// A message or an event, without the fields that all have in common.
#[derive(Debug, PartialEq, Eq)]
pub struct Sample {
    /// The name of its kind in the log.
    pub name: &'static str,
    /// `MsgType`.
    pub kind: &'static str,
    /// Its own fields, without `MsgId`, which a message also has.
    pub fields: &'static str,
}

impl Sample {
    /// Whether it is an event, which has no `MsgId`.
    #[must_use]
    pub fn is_event(&self) -> bool {
        self.kind == "event"
    }
}

/// All of them.
pub static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| samples(include_str!("kinds.txt")));

/// Two events of one name that differ in a single field deep inside.
pub static SENT: LazyLock<Vec<Sample>> = LazyLock::new(|| samples(include_str!("sent.txt")));

/// Each line is a sample: its name, its kind and its fields, with a space between them.
fn samples(text: &'static str) -> Vec<Sample> {
    let sample = |line: &'static str| {
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().expect("a line has three parts");
        Sample { name: part(), kind: part(), fields: part() }
    };
    text.lines().map(sample).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wechat::event::{
        CardChange, CardEvent, PictureSource, Published, UserDataChange, Verification,
    };
    use wechat::{Event, Kind, Query};

    use crate::corpus::corpus;
    use crate::scenario::accounts;

    /// One list with two uses: the compiler checks that the list is complete, and the test checks
    /// that the corpus is.
    macro_rules! kinds {
        ($($kind:pat),+ $(,)?) => {
            const KINDS: &[&str] = &[$(stringify!($kind)),+];

            fn kind_of(kind: &Kind) -> &'static str {
                match kind {
                    $($kind => stringify!($kind),)+
                }
            }
        };
    }

    kinds![
        Kind::Text { .. },
        Kind::Image { .. },
        Kind::Voice { recognition: None, .. },
        Kind::Voice { recognition: Some(_), .. },
        Kind::Video { .. },
        Kind::ShortVideo { .. },
        Kind::Location(_),
        Kind::Link { .. },
        Kind::File { .. },
        Kind::Unsupported,
        Kind::Unknown { .. },
        Kind::Event(Event::Subscribe { .. }),
        Kind::Event(Event::Unsubscribe),
        Kind::Event(Event::Scan { .. }),
        Kind::Event(Event::Location { .. }),
        Kind::Event(Event::Click { .. }),
        Kind::Event(Event::View { .. }),
        Kind::Event(Event::ViewMiniProgram { .. }),
        Kind::Event(Event::ScanCode { waits: false, .. }),
        Kind::Event(Event::ScanCode { waits: true, .. }),
        Kind::Event(Event::Pictures { source: PictureSource::Camera, .. }),
        Kind::Event(Event::Pictures { source: PictureSource::CameraOrAlbum, .. }),
        Kind::Event(Event::Pictures { source: PictureSource::WeChat, .. }),
        Kind::Event(Event::LocationSelect { .. }),
        Kind::Event(Event::TemplateSent { .. }),
        Kind::Event(Event::MassSent(_)),
        Kind::Event(Event::Published(Published { through_api: false, .. })),
        Kind::Event(Event::Published(Published { through_api: true, .. })),
        Kind::Event(Event::SubscriptionAnswered(_)),
        Kind::Event(Event::SubscriptionChanged(_)),
        Kind::Event(Event::SubscriptionSent(_)),
        Kind::Event(Event::Verified { step: Verification::Qualification, .. }),
        Kind::Event(Event::Verified { step: Verification::Naming, .. }),
        Kind::Event(Event::VerificationFailed { step: Verification::Qualification, .. }),
        Kind::Event(Event::VerificationFailed { step: Verification::Naming, .. }),
        Kind::Event(Event::RenewalDue { .. }),
        Kind::Event(Event::VerificationExpired { .. }),
        Kind::Event(Event::UserData { change: UserDataChange::Modified, .. }),
        Kind::Event(Event::UserData { change: UserDataChange::Revoked, .. }),
        Kind::Event(Event::UserData { change: UserDataChange::Cancelled, .. }),
        Kind::Event(Event::StaffJoined { .. }),
        Kind::Event(Event::StaffLeft { .. }),
        Kind::Event(Event::StaffSwitched { .. }),
        Kind::Event(Event::EnteredSession { .. }),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Approved, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Refused { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Taken { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Given { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Deleted, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Viewed { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::EnteredSession, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Activated, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Used { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Paid { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Updated { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::RunningOut { .. }, .. })),
        Kind::Event(Event::Card(CardEvent { change: CardChange::Order(_), .. })),
        Kind::Event(Event::Unknown { .. }),
    ];

    #[test]
    fn every_kind_is_in_the_corpus_in_every_mode() {
        let of_a_mode = ["demo", "compat", "safe"];
        for account in accounts().iter().filter(|account| of_a_mode.contains(&&*account.name)) {
            let said = corpus().into_iter().flat_map(|each| each.scenario.arrivals);
            let heard: BTreeSet<_> = said
                .filter(|arrival| arrival.said.account == *account.name)
                .filter_map(|arrival| {
                    let request = arrival.said.request();
                    let query = Query::parse(&request.query).ok()?;
                    let opened = account.envelope.open(&query, &request.body).ok()?;
                    Some(kind_of(&opened.message.kind))
                })
                .collect();
            let silent: Vec<_> = KINDS.iter().filter(|kind| !heard.contains(*kind)).collect();
            assert!(silent.is_empty(), "{} hears no {silent:#?}", account.name);
        }
    }
}
