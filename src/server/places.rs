//! Who may be connected at a time, and who gives way.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{self, Instant};

/// The places of a listener.
pub struct Places {
    most: usize,
    per_address: usize,
    table: Mutex<Table>,
    freed: Notify,
}

#[derive(Default)]
struct Table {
    next: u64,
    seats: HashMap<u64, Arc<Seat>>,
    addresses: HashMap<IpAddr, usize>,
}

/// A place that is taken; it is free again when this is dropped.
pub struct Place {
    places: Arc<Places>,
    number: u64,
    seat: Arc<Seat>,
    was_contested: bool,
}

/// What a connection is doing, for those who need its place.
pub struct Seat {
    address: IpAddr,
    phase: Mutex<Phase>,
    leave: Notify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle(Instant),
    /// A request has begun to arrive.
    Asked,
    /// Its answer is made, and not sent yet.
    Answered,
    /// Its place is another's.
    Leaving,
}

impl Places {
    /// `most` places, and at most `per_address` for one address.
    #[must_use]
    pub fn new(most: usize, per_address: usize) -> Arc<Self> {
        let (table, freed) = Default::default();
        Arc::new(Self { most, per_address, table, freed })
    }

    /// Takes a place for a connection of this address, as soon as there is one; the connection that
    /// has been idle longest gives way for it. `None` when all of its address are taken and busy.
    pub async fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = network(address);
        let mut was_contested = false;
        loop {
            {
                let mut table = self.table();
                let own = table.addresses.get(&address).copied().unwrap_or(0);
                if own >= self.per_address {
                    was_contested = true;
                    if !table.give_way(Some(address)) {
                        return None;
                    }
                }
                let is_full = table.seats.len() >= self.most;
                was_contested |= is_full;
                if !is_full || table.give_way(None) {
                    let (number, seat) = table.seat(address);
                    return Some(Place { places: Arc::clone(self), number, seat, was_contested });
                }
            }
            // Who becomes idle does not say so, because that would cost every request.
            drop(time::timeout(Duration::from_millis(50), self.freed.notified()).await);
        }
    }

    /// How many places are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.table().seats.len()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose connection it is: who has one IPv6 address usually has 2⁶⁴ of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

impl Table {
    fn seat(&mut self, address: IpAddr) -> (u64, Arc<Seat>) {
        let phase = Mutex::new(Phase::Idle(Instant::now()));
        let seat = Arc::new(Seat { address, phase, leave: Notify::new() });
        self.next += 1;
        self.seats.insert(self.next, Arc::clone(&seat));
        *self.addresses.entry(address).or_default() += 1;
        (self.next, seat)
    }

    /// Frees the place that has been idle longest, of this address or of any. Whether there was one.
    fn give_way(&mut self, address: Option<IpAddr>) -> bool {
        let eligible = |seat: &Seat| address.is_none_or(|address| seat.address == address);
        let idle = self.seats.iter().filter(|(_, seat)| eligible(seat));
        let idle = idle.filter_map(|(number, seat)| Some((seat.idle_since()?, *number)));
        let Some((_, number)) = idle.min() else { return false };
        self.seats[&number].leave();
        self.free(number);
        true
    }

    fn free(&mut self, number: u64) {
        let Some(seat) = self.seats.remove(&number) else { return };
        if let Some(count) = self.addresses.get_mut(&seat.address) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&seat.address);
            }
        }
    }
}

impl Place {
    /// What its connection is doing.
    #[must_use]
    pub fn seat(&self) -> Arc<Seat> {
        Arc::clone(&self.seat)
    }

    /// Whether another had to give way for it, or it had to wait.
    #[must_use]
    pub fn was_contested(&self) -> bool {
        self.was_contested
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.table().free(self.number);
        self.places.freed.notify_one();
    }
}

impl Seat {
    /// A request has begun to arrive.
    pub fn asked(&self) {
        let mut phase = self.phase();
        if *phase != Phase::Leaving {
            *phase = Phase::Asked;
        }
    }

    /// The answer is made.
    pub fn answered(&self) {
        let mut phase = self.phase();
        if *phase == Phase::Asked {
            *phase = Phase::Answered;
        }
    }

    /// All that was written is on its way to the client.
    pub fn sent(&self) {
        let mut phase = self.phase();
        if *phase == Phase::Answered {
            *phase = Phase::Idle(Instant::now());
        }
    }

    /// Since when it is idle; `None` while it is not.
    #[must_use]
    pub fn idle_since(&self) -> Option<Instant> {
        match *self.phase() {
            Phase::Idle(since) => Some(since),
            Phase::Asked | Phase::Answered | Phase::Leaving => None,
        }
    }

    /// Waits until its place is another's.
    pub async fn left(&self) {
        self.leave.notified().await;
    }

    fn leave(&self) {
        *self.phase() = Phase::Leaving;
        self.leave.notify_one();
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    async fn taken(places: &Arc<Places>, last: u8) -> Place {
        // Apart in time, so that one has been idle longer.
        time::advance(Duration::from_millis(1)).await;
        places.take(address(last)).await.expect("a place")
    }

    fn has_left(place: &Place) -> bool {
        *place.seat.phase() == Phase::Leaving
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_that_has_been_idle_longest_gives_way() {
        let places = Places::new(3, 3);
        let busy = taken(&places, 1).await;
        busy.seat.asked();
        let (older, younger) = (taken(&places, 2).await, taken(&places, 3).await);
        let next = taken(&places, 4).await;
        assert!(has_left(&older) && !has_left(&younger) && !has_left(&busy));
        older.seat.left().await;
        drop(older);
        assert_eq!(places.taken(), 3, "its place is the next one's");
        // Who is answered is idle from then on.
        busy.seat.answered();
        busy.seat.sent();
        drop(taken(&places, 5).await);
        assert!(has_left(&younger) && !has_left(&busy) && !has_left(&next));
    }

    #[tokio::test(start_paused = true)]
    async fn while_none_is_idle_one_more_waits() {
        let places = Places::new(1, 1);
        let first = taken(&places, 1).await;
        first.seat.asked();
        let second = time::timeout(Duration::from_secs(1), places.take(address(2))).await;
        assert!(second.is_err(), "it has the place of a request");
        first.seat.answered();
        let second = time::timeout(Duration::from_secs(1), places.take(address(2))).await;
        assert!(second.is_err(), "the answer is not sent");
        first.seat.sent();
        let second = places.take(address(2)).await.expect("a place");
        assert!(has_left(&first));
        second.seat.asked();
        let third = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.take(address(3)).await.is_some() }
        });
        drop(second);
        assert!(third.await.expect("no panic"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_a_limit_of_its_own() {
        let places = Places::new(10, 2);
        let (first, second) = (taken(&places, 1).await, taken(&places, 1).await);
        let other = taken(&places, 2).await;
        first.seat.asked();
        second.seat.asked();
        assert!(places.take(address(1)).await.is_none(), "both are busy");
        second.seat.answered();
        second.seat.sent();
        let third = places.take(address(1)).await.expect("the place of the second");
        assert!(has_left(&second) && !has_left(&other), "only its own give way");
        drop((first, second, third, other));
        assert_eq!(places.taken(), 0);
        assert!(places.table().addresses.is_empty());
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_address() {
        let parsed = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(parsed("2001:db8::1"), parsed("2001:db8::ffff:2"));
        assert_ne!(parsed("2001:db8::1"), parsed("2001:db8:0:1::1"));
        assert_eq!(parsed("::ffff:192.0.2.1"), address(1));
    }
}
