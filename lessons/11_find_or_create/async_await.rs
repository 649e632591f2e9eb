//! async/await: a `match` around one `await`. It says which error makes a user.

use super::{Error, Found, create, find, preferences, report};
use crate::stage::{set_timeout, sleep, spawn};

/// A query takes 10 ms.
async fn ask(answer: Found) -> Found {
    sleep(10).await.ok();
    answer
}

async fn find_or_create(name: &'static str) -> Found {
    let user = match ask(find(name)).await {
        Err(Error::NoSuchUser) => ask(create(name)).await?,
        found => found?,
    };
    ask(preferences(user)).await
}

pub fn run() {
    for (at, name) in [(0, "ann"), (50, "bob"), (100, "cyd")] {
        let reported = async move { report(name, &find_or_create(name).await) };
        set_timeout(at, move || spawn(reported));
    }
}
