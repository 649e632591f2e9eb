//! How much memory users take.

use serde::Deserialize;

use super::markdown::{grouped, table, whole};

#[derive(Deserialize)]
pub struct Users {
    users: Vec<usize>,
    held: Vec<Held>,
}

#[derive(Deserialize)]
struct Held {
    style: String,
    /// Of all users.
    bytes: Vec<usize>,
}

impl Users {
    /// Bytes for a user.
    pub fn table(&self) -> String {
        let rows = self.held.iter().map(|held| {
            let shares = self.users.iter().zip(&held.bytes);
            let shares = shares.map(|(users, bytes)| whole(*bytes as f64 / *users as f64));
            [held.style.clone()].into_iter().chain(shares).collect()
        });
        let users = self.users.iter().map(|users| format!("{} users", grouped(&users.to_string())));
        let header: Vec<_> = ["bytes for each of".to_owned()].into_iter().chain(users).collect();
        table(&header, &rows.collect::<Vec<_>>())
    }
}
