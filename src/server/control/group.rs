//! A room's delivery service and what it waits for: first the store says what it has of the group, and then nothing that was
//! accepted is told before it is kept. Meanwhile what comes in queues up. Sans-IO.

use conclave_e2ee::MemberId;
use conclave_e2ee::delivery::{Delivery, Output, Snapshot, To};
use conclave_e2ee::session::Now;
use conclave_e2ee::wire::{FromService, ToService};
use std::collections::VecDeque;
use zeroize::Zeroizing;

/// Messages that wait for the store; who sends more is told to wait.
const QUEUE: usize = 64;

/// What happens to a room's group.
pub enum Event {
    /// A control session began.
    Joined(MemberId),
    /// A control session is over.
    Gone(MemberId),
    /// A member said something.
    Said(MemberId, ToService),
    /// Time passed.
    Tick,
}

/// What is to be done, in this order.
pub enum Act {
    /// Tell.
    Tell(To, FromService),
    /// Keep, and say how it went with [`Service::kept`].
    Keep {
        /// What must be there now.
        expect: Option<(u64, Option<u64>)>,
        /// The new state.
        snapshot: Box<Snapshot>,
    },
}

/// The service. A new one waits for [`Service::loaded`].
#[derive(Default)]
pub struct Service {
    delivery: Option<Delivery>,
    /// What is told once the store has kept what it was given; `None`: nothing is being kept.
    held: Option<VecDeque<Output>>,
    queue: VecDeque<Event>,
    /// How many messages are in the queue.
    said: usize,
}

impl Service {
    /// What the store has. A second answer changes nothing.
    pub fn loaded(&mut self, now: Now, room: &str, seed: &Zeroizing<[u8; 32]>, stored: Option<Snapshot>) -> Vec<Act> {
        if self.delivery.is_some() {
            return Vec::new();
        }
        self.delivery = Some(Delivery::new(now, room, seed, stored));
        self.go_on(now)
    }

    /// The store has kept the last [`Act::Keep`], or has something newer.
    pub fn kept(&mut self, now: Now, newer: Option<Snapshot>) -> Vec<Act> {
        let (Some(held), Some(delivery)) = (self.held.take(), &mut self.delivery) else { return Vec::new() };
        let outputs = match newer {
            Some(stored) => delivery.replaced(now, stored).into(),
            None => held,
        };
        let mut acts = Vec::new();
        self.release(outputs, &mut acts);
        acts.extend(self.go_on(now));
        acts
    }

    /// Something happens.
    pub fn push(&mut self, now: Now, event: Event) -> Vec<Act> {
        let busy = self.delivery.is_none() || self.held.is_some();
        match &event {
            Event::Tick if busy => return Vec::new(),
            Event::Said(member, _) if busy && self.said >= QUEUE => {
                let text = "the server is busy with this room: wait a second".to_owned();
                return vec![Act::Tell(To::One(member.clone()), FromService::NotTaken { code: "too_fast".into(), text })];
            }
            Event::Said(..) => self.said += 1,
            _ => {}
        }
        self.queue.push_back(event);
        self.go_on(now)
    }

    fn go_on(&mut self, now: Now) -> Vec<Act> {
        let mut acts = Vec::new();
        while self.held.is_none()
            && let Some(delivery) = &mut self.delivery
            && let Some(event) = self.queue.pop_front()
        {
            let outputs = match event {
                Event::Joined(member) => delivery.joined(now, &member),
                Event::Gone(member) => delivery.gone(now, &member),
                Event::Said(member, message) => {
                    self.said = self.said.saturating_sub(1);
                    delivery.handle(now, &member, message)
                }
                Event::Tick => delivery.tick(now),
            };
            self.release(outputs.into(), &mut acts);
        }
        acts
    }

    /// Up to the first that must be kept; the rest waits for it.
    fn release(&mut self, mut outputs: VecDeque<Output>, acts: &mut Vec<Act>) {
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Tell(to, message) => acts.push(Act::Tell(to, message)),
                Output::Keep { expect, snapshot } => {
                    acts.push(Act::Keep { expect, snapshot });
                    self.held = Some(outputs);
                    return;
                }
            }
        }
    }
}
