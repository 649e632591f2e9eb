//! What the thunks of the crate `callbacks` lack: the first of several, and two at a time.

use std::sync::{Arc, Mutex, PoisonError};
use std::vec::IntoIter;

use callbacks::Thunk;
use callbacks::thunk::all;

/// The first that ends. The others go on; nobody listens to them.
pub fn race<T: Clone + Send>(jobs: Vec<Thunk<T>>) -> Thunk<T> {
    Thunk::new(|fill| {
        let fill = Arc::new(Mutex::new(Some(fill)));
        for job in jobs {
            let fill = Arc::clone(&fill);
            job.call(move |ended| {
                if let Some(fill) = taken(&fill, Option::take) {
                    fill.fill(ended);
                }
            });
        }
    })
}

/// All of them, two at a time: two lanes take from one list.
pub fn two_at_a_time<T: Clone + Send>(jobs: Vec<Thunk<T>>) -> Thunk<Vec<()>> {
    let jobs = Arc::new(Mutex::new(jobs.into_iter()));
    all(vec![lane(Arc::clone(&jobs)), lane(jobs)])
}

fn lane<T: Clone + Send>(jobs: Arc<Mutex<IntoIter<Thunk<T>>>>) -> Thunk<()> {
    match taken(&jobs, Iterator::next) {
        Some(job) => job.then(|_| lane(jobs)),
        None => Thunk::filled(Ok(())),
    }
}

fn taken<T, U>(from: &Mutex<T>, take: impl FnOnce(&mut T) -> Option<U>) -> Option<U> {
    take(&mut from.lock().unwrap_or_else(PoisonError::into_inner))
}
